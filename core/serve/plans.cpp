#include "serve/plans.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "common/text.h"
#include "format/json.h"
#include "operations/report_json.h"
#include "serve/problem.h"

namespace lockstep::serve {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlansFile = "plans.json";
constexpr Micros kDay = Micros{24} * 3600 * 1'000'000;

Micros time_at(const Json& json, std::string_view name) { return parse_time(json.text_at(name)).value_or(0); }

PlanRow read_row(const Json& json, Micros now) {
  PlanRow row;
  row.id = json.text_at("id");
  row.by = json.text_at("by");
  row.mode = json.text_at("mode");
  if (const Json* syncs = json.find("syncs"); syncs != nullptr && syncs->array() != nullptr) {
    for (const Json& sync : *syncs->array()) row.syncs.push_back(sync.text() != nullptr ? *sync.text() : "");
  }
  row.made_at = time_at(json, "made_at");
  row.expires_at = time_at(json, "expires_at");
  row.state = json.text_at("state");
  row.run = json.text_at("run");
  row.note = json.text_at("note");
  if (row.state == "open" && row.expires_at <= now) row.state = "expired";
  return row;
}

Json::Array& rows_in(Json& file) {
  Json& rows = file["plans"];
  if (rows.array() == nullptr) rows = Json(Json::Array());
  return *rows.array();
}

}  // namespace

Json to_json(const PlanRow& row) {
  return Json::Object{{"id", row.id},
                      {"by", row.by},
                      {"mode", row.mode},
                      {"syncs", Json::Array(row.syncs.begin(), row.syncs.end())},
                      {"made_at", time_json(row.made_at)},
                      {"expires_at", time_json(row.expires_at)},
                      {"state", row.state},
                      {"run", row.run.empty() ? Json() : Json(row.run)},
                      {"note", row.note.empty() ? Json() : Json(row.note)}};
}

std::string Plans::file(const std::string& id) const { return (folder_.path() / ("plan-" + id + ".json")).string(); }

void Plans::add(const PlanRow& row) {
  const Micros now = clock_.now();
  folder_.change(kPlansFile, [&](Json& json) {
    Json::Array& rows = rows_in(json);
    std::erase_if(rows, [&](const Json& each) {
      const PlanRow old = read_row(each, now);
      if (old.state == "open" || now - old.expires_at < kDay) return false;
      std::error_code gone;
      fs::remove(file(old.id), gone);
      return true;
    });
    rows.push_back(to_json(row));
  });
}

std::vector<PlanRow> Plans::list() const {
  Json json = folder_.read(kPlansFile);
  std::vector<PlanRow> out;
  for (const Json& each : rows_in(json)) out.push_back(read_row(each, clock_.now()));
  std::reverse(out.begin(), out.end());
  return out;
}

PlanRow Plans::find(const std::string& id) const {
  for (PlanRow& row : list()) {
    if (row.id == id) return std::move(row);
  }
  throw Problem{404, "no plan " + in_quotes(id), "not_found"};
}

std::pair<Json, std::string> Plans::content(const PlanRow& row) const {
  if (row.state != "open") throw Problem{410, "the plan is " + row.state, "conflict", "make a new one"};
  std::ifstream in(file(row.id), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw Problem{410, "the plan's file is gone", "conflict", "make a new one"};
  Json plan = json::parse(text.str());
  const std::string tag = "\"" + plan.text_at("checksum") + "\"";
  // What only the file is for.
  for (const char* member : {"seal", "checksum", "format", "version"}) plan.erase(member);
  for (Json& sync : *plan["syncs"].array()) sync.erase("fingerprints");
  return {std::move(plan), tag};
}

void Plans::end(const std::string& id, const std::string& state, const std::string& run, const std::string& note) {
  folder_.change(kPlansFile, [&](Json& json) {
    for (Json& each : rows_in(json)) {
      if (each.text_at("id") != id) continue;
      each["state"] = Json(state);
      each["run"] = run.empty() ? Json() : Json(run);
      each["note"] = note.empty() ? Json() : Json(note);
    }
  });
  std::error_code gone;
  if (state == "discarded") fs::remove(file(id), gone);
}

}  // namespace lockstep::serve
