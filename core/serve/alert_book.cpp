#include "serve/alert_book.h"

#include <algorithm>

#include "common/log.h"
#include "common/uuid.h"
#include "operations/report_json.h"

namespace lockstep::serve {
namespace {

constexpr const char* kAlertsFile = "alerts.json";

std::string key_of(const AlertFact& fact) { return std::string(alert_cause_words().word(fact.cause)) + " " + fact.sync; }

/// What waits for its turn behind others goes as soon as they have gone: the first one's time is that of all.
void hurry_first(Json& page, Micros now) {
  Json* queue = page.find("queue");
  if (queue != nullptr && !queue->array()->empty()) queue->array()->front()["next"] = time_json(now);
}

Micros time_of(const Json& entry, const char* name) { return parse_time(entry.text_at(name)).value_or(0); }

AlertMessage message_of(const std::string& target, const Json& entry) {
  AlertMessage message;
  message.target = target;
  message.id = entry.text_at("id");
  message.recovered = entry.text_at("state") == "recovered";
  message.cause = alert_cause_words().find(entry.text_at("cause")).value_or(AlertCause::RunFailed);
  message.sync = entry.text_at("sync");
  message.text = entry.text_at("text");
  message.run = entry.text_at("run");
  message.since = time_of(entry, "since");
  message.at = time_of(entry, "at");
  return message;
}

/// What one target knows, and is to be told.
class TargetPage {
 public:
  TargetPage(Json& page, const AlertUse& target, const AlertBounds& bounds, Micros now)
      : page_(page), target_(target), bounds_(bounds), now_(now) {
    if (page_.object() == nullptr) page_ = Json(Json::Object());
    for (const char* name : {"standing", "queue"}) {
      if (page_.find(name) == nullptr) page_[name] = name == std::string("queue") ? Json(Json::Array()) : Json(Json::Object());
    }
  }

  void note(const AlertFact& fact) {
    if (!target_.concerns(fact.cause, fact.sync)) return;
    if (fact.cause == AlertCause::ShutdownAhead && Millis(fact.days * 86'400'000) > target_.shutdown_within) return;
    const std::string key = key_of(fact);
    if (fact.text.empty()) return recover(key);
    Json* known = page_["standing"].find(key);
    if (known == nullptr) {
      page_["standing"][key] = Json::Object{{"cause", std::string(alert_cause_words().word(fact.cause))},
                                            {"sync", fact.sync},
                                            {"text", fact.text},
                                            {"run", fact.run},
                                            {"since", time_json(now_)},
                                            {"told", false}};
      known = page_["standing"].find(key);
    }
    const Micros wait = fact.cause == AlertCause::OutOfSync ? Micros{target_.out_of_sync_after.count()} * 1000 : 0;
    if (*known->find("told") == Json(true) || now_ - time_of(*known, "since") < wait) return;
    (*known)["told"] = Json(true);
    queue(*known, "firing");
  }

  /// What is wrong no more, of causes of which all that is wrong is known.
  void keep_only(const std::vector<AlertFact>& facts, const std::set<AlertCause>& complete) {
    std::vector<std::string> gone;
    for (const auto& [key, standing] : *page_["standing"].object()) {
      const auto cause = alert_cause_words().find(standing.text_at("cause"));
      const bool there = std::any_of(facts.begin(), facts.end(), [&, &key = key](const AlertFact& fact) { return key_of(fact) == key; });
      if (!there && cause && complete.contains(*cause)) gone.push_back(key);
    }
    for (const std::string& key : gone) recover(key);
  }

 private:
  void recover(const std::string& key) {
    const Json* known = page_["standing"].find(key);
    if (known == nullptr) return;
    if (*known->find("told") == Json(true)) queue(*known, "recovered");
    page_["standing"].erase(key);
  }

  void queue(const Json& standing, const char* state) {
    Json entry = standing;
    entry.erase("told");
    entry["id"] = Json("msg_" + make_ulid(now_));
    entry["state"] = Json(state);
    entry["at"] = time_json(now_);
    entry["tries"] = Json(std::int64_t{0});
    entry["next"] = time_json(now_);
    Json::Array& queue = *page_["queue"].array();
    if (queue.size() >= bounds_.most) queue.erase(queue.begin());
    queue.push_back(std::move(entry));
    // News are no reason to wait longer than for them alone.
    hurry_first(page_, now_);
  }

  Json& page_;
  const AlertUse& target_;
  const AlertBounds& bounds_;
  const Micros now_;
};

}  // namespace

AlertBook::AlertBook(const StateFolder& folder, AlertBounds bounds, const Clock& clock)
    : folder_(folder), bounds_(std::move(bounds)), clock_(clock), book_(folder.read(kAlertsFile)) {
  if (book_.object() == nullptr) book_ = Json(Json::Object());
}

void AlertBook::write(Json changed) {
  if (changed == book_) return;
  folder_.change(kAlertsFile, [&](Json& file) { file = changed; });
  book_ = std::move(changed);
}

void AlertBook::note(const std::vector<AlertUse>& targets, const std::vector<AlertFact>& facts, const std::set<AlertCause>& complete) {
  const std::lock_guard lock(mutex_);
  Json changed(Json::Object{});
  for (const AlertUse& target : targets) {
    if (target.form == AlertForm::Heartbeat) continue;
    if (const Json* known = book_.find(target.name)) changed[target.name] = *known;
    TargetPage page(changed[target.name], target, bounds_, clock_.now());
    for (const AlertFact& fact : facts) page.note(fact);
    page.keep_only(facts, complete);
  }
  write(std::move(changed));
}

std::vector<AlertMessage> AlertBook::due() const {
  const std::lock_guard lock(mutex_);
  std::vector<AlertMessage> out;
  for (const auto& [target, page] : *book_.object()) {
    const Json* queue = page.find("queue");
    if (queue == nullptr || queue->array()->empty()) continue;
    const Json& first = queue->array()->front();
    if (time_of(first, "next") <= clock_.now()) out.push_back(message_of(target, first));
  }
  return out;
}

void AlertBook::delivered(const AlertMessage& message) {
  const std::lock_guard lock(mutex_);
  Json changed = book_;
  Json* page = changed.find(message.target);
  if (page == nullptr) return;
  std::erase_if(*(*page)["queue"].array(), [&](const Json& entry) { return entry.text_at("id") == message.id; });
  (*page)["last_at"] = time_json(clock_.now());
  (*page)["last_result"] = Json("delivered");
  write(std::move(changed));
}

void AlertBook::failed(const AlertMessage& message, const std::string& why) {
  const std::lock_guard lock(mutex_);
  Json changed = book_;
  Json* page = changed.find(message.target);
  if (page == nullptr) return;
  (*page)["last_at"] = time_json(clock_.now());
  (*page)["last_result"] = Json(redact(why));
  Json::Array& queue = *(*page)["queue"].array();
  for (auto entry = queue.begin(); entry != queue.end(); ++entry) {
    if (entry->text_at("id") != message.id) continue;
    const auto tries = static_cast<std::size_t>(*entry->find("tries")->integer());
    if (tries >= bounds_.waits.size()) {
      log::error("the alert target " + message.target + " is not reached any more, and is not told: " + message.text);
      queue.erase(entry);
    } else {
      (*entry)["tries"] = Json(static_cast<std::int64_t>(tries + 1));
      (*entry)["next"] = time_json(clock_.now() + Micros{bounds_.waits[tries].count()} * 1000);
    }
    break;
  }
  write(std::move(changed));
}

void AlertBook::hurry(const std::string& target) {
  const std::lock_guard lock(mutex_);
  Json changed = book_;
  Json* page = changed.find(target);
  if (page == nullptr) return;
  hurry_first(*page, clock_.now());
  write(std::move(changed));
}

Json AlertBook::look(const std::string& target) const {
  const std::lock_guard lock(mutex_);
  const Json* page = book_.find(target);
  Json::Array standing;
  if (page != nullptr) {
    const Json::Array& queue = *page->find("queue")->array();
    for (const auto& [key, entry] : *page->find("standing")->object()) {
      standing.push_back(entry);
      const bool waits = std::any_of(queue.begin(), queue.end(), [&, &entry = entry](const Json& each) {
        return each.text_at("cause") == entry.text_at("cause") && each.text_at("sync") == entry.text_at("sync");
      });
      if (waits) standing.back()["told"] = Json(false);
    }
  }
  const auto of_page = [&](const char* name) { return page == nullptr || page->find(name) == nullptr ? Json() : *page->find(name); };
  return Json::Object{
      {"standing", std::move(standing)},
      {"waiting", page == nullptr ? Json(std::int64_t{0}) : Json(static_cast<std::int64_t>(page->find("queue")->array()->size()))},
      {"last_at", of_page("last_at")},
      {"last_result", of_page("last_result")}};
}

}  // namespace lockstep::serve
