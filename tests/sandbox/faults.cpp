// Reading and counting faults.
#include "sandbox/faults.h"

#include <array>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "sandbox/model_errors.h"

namespace lockstep::sandbox {
namespace {

constexpr std::array<std::pair<std::string_view, FaultKind>, 15> kNames{{{"latency", FaultKind::Latency},
                                                                         {"status", FaultKind::Status},
                                                                         {"reset_before", FaultKind::ResetBefore},
                                                                         {"reset_after", FaultKind::ResetAfter},
                                                                         {"close_before", FaultKind::CloseBefore},
                                                                         {"close_after_reply", FaultKind::CloseAfterReply},
                                                                         {"truncate", FaultKind::Truncate},
                                                                         {"truncate_chunked", FaultKind::TruncateChunked},
                                                                         {"html", FaultKind::Html},
                                                                         {"empty_list", FaultKind::EmptyList},
                                                                         {"hang", FaultKind::Hang},
                                                                         {"drip", FaultKind::Drip},
                                                                         {"change_while_paged", FaultKind::ChangeWhilePaged},
                                                                         {"echo_secret", FaultKind::EchoSecret},
                                                                         {"ignore_filters", FaultKind::IgnoreFilters}}};

FaultKind kind_of(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [text, kind] : kNames) {
    if (text == name) return kind;
    known.emplace_back(text);
  }
  throw Error(ErrorKind::Invalid, "unknown fault \"" + name + "\"" + did_you_mean(name, known));
}

const std::string& text_of(const std::string& name, const Json& value) {
  if (value.text() == nullptr) throw Error(ErrorKind::Invalid, "\"" + name + "\" of a fault must be a text");
  return *value.text();
}

const std::string& reason_of(const std::string& reason) {
  if (!is_refusal(reason)) throw Error(ErrorKind::Invalid, "no model API has an error \"" + reason + "\"");
  return reason;
}

std::size_t count_of(const std::string& name, const Json& value) {
  if (value.integer() == nullptr || *value.integer() < 0)
    throw Error(ErrorKind::Invalid, "\"" + name + "\" of a fault must be a whole number");
  return static_cast<std::size_t>(*value.integer());
}

void read_match(const Json& match, Fault& fault) {
  if (match.object() == nullptr) throw Error(ErrorKind::Invalid, "\"match\" of a fault must be an object");
  for (const auto& [name, value] : *match.object()) {
    if (name == "method") {
      fault.method = text_of(name, value);
    } else if (name == "path") {
      fault.path = text_of(name, value);
    } else if (name == "nth") {
      fault.nth = count_of(name, value);
    } else if (name == "times") {
      fault.times = count_of(name, value);
    } else {
      throw Error(ErrorKind::Invalid, "unknown member \"" + name + "\" in \"match\" of a fault");
    }
  }
}

void read_headers(const Json& headers, Fault& fault) {
  if (headers.object() == nullptr) throw Error(ErrorKind::Invalid, "\"headers\" of a fault must be an object");
  for (const auto& [name, value] : *headers.object()) fault.headers.emplace_back(name, text_of(name, value));
}

void read_member(const std::string& name, const Json& value, Fault& fault) {
  if (name == "match") return read_match(value, fault);
  if (name == "headers") return read_headers(value, fault);
  if (name == "fault") return void(fault.kind = kind_of(text_of(name, value)));
  if (name == "status") return void(fault.status = static_cast<int>(count_of(name, value)));
  if (name == "retry_after")
    return void(fault.retry_after = value.text() != nullptr ? *value.text() : std::to_string(count_of(name, value)));
  if (name == "reason") return void(fault.reason = reason_of(text_of(name, value)));
  if (name == "message") return void(fault.message = text_of(name, value));
  if (name == "body") return void(fault.body = text_of(name, value));
  if (name == "content_type") return void(fault.content_type = text_of(name, value));
  if (name == "took_effect" && value.boolean() != nullptr) return void(fault.took_effect = *value.boolean());
  if (name == "ms") return void(fault.wait = Millis(count_of(name, value)));
  if (name == "bytes") return void(fault.bytes = count_of(name, value));
  if (name == "change") return void(fault.change = text_of(name, value));
  if (name == "count") return void(fault.count = count_of(name, value));
  throw Error(ErrorKind::Invalid, "unknown member \"" + name + "\" of a fault");
}

}  // namespace

std::string_view to_string(FaultKind kind) {
  for (const auto& [text, known] : kNames)
    if (known == kind) return text;
  return {};
}

Fault read_fault(const Json& json) {
  if (json.object() == nullptr || json.find("fault") == nullptr)
    throw Error(ErrorKind::Invalid, "a fault is an object with a member \"fault\"");
  Fault fault;
  fault.kind = kind_of(text_of("fault", *json.find("fault")));
  for (const auto& [name, value] : *json.object()) read_member(name, value, fault);
  if (fault.nth == 0) throw Error(ErrorKind::Invalid, "\"nth\" of a fault counts from 1");
  if (fault.change != "edit" && fault.change != "insert" && fault.change != "delete")
    throw Error(ErrorKind::Invalid, "\"change\" of a fault must be edit, insert or delete");
  return fault;
}

void FaultPlan::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({std::move(fault), 0});
}

void FaultPlan::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

std::vector<Fault> FaultPlan::strike(const std::string& method, const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::vector<Fault> struck;
  for (auto& [fault, matched] : entries_) {
    if (!fault.method.empty() && fault.method != method) continue;
    if (!path.starts_with(fault.path)) continue;
    ++matched;
    if (matched >= fault.nth && (fault.times == 0 || matched < fault.nth + fault.times)) struck.push_back(fault);
  }
  return struck;
}

}  // namespace lockstep::sandbox
