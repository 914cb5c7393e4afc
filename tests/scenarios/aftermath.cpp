#include "scenarios/aftermath.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/text.h"
#include "format/json.h"
#include "scenarios/invariants.h"
#include "scenarios/step_text.h"

namespace lockstep::test {
namespace {

/// Columns that every write of the server changes: no journal of a scenario names them.
const std::set<std::string> kServerColumns = {"vapi_updated_at", "vapi_created_at", "latest_version", "org_id", "is_server_url_secret_set"};

std::size_t journaled_changes(const Dump& state) {
  const auto found = state.find("lockstep_change");
  return found == state.end() ? 0 : found->second.size();
}

}  // namespace

Aftermath::Aftermath(const DatabaseKind& kind, const std::string& database, sandbox::Sandbox& sandbox,
                     const std::vector<std::string>& secrets)
    : kind_(kind), database_(database), sandbox_(sandbox), secrets_(secrets), before_(look()) {
  sandbox_.clear_requests();
}

Aftermath::Look Aftermath::look() const { return {dump(database_, false), dump(database_, true), world_of(sandbox_)}; }

void Aftermath::end(const std::string& heading, const Outcome& outcome) {
  said_ = heading + outcome.out + "\nstderr:\n" + outcome.err;
  requests_ = sandbox_.requests();
  after_ = look();
}

void Aftermath::expect(const yaml::Node& step, const Outcome& outcome) {
  end("stdout:\n", outcome);
  expect_output(step, outcome);
  if (step["requests"]) expect_requests(step["requests"]);
  if (step["sends"]) expect_sends(step["sends"]);
  if (step["journal"]) expect_journal(step["journal"]);
  if (step["writes"].scalar == "nothing") {
    expect_same_sides();
    EXPECT_EQ(count_writes(requests_), 0U) << said_;
  }
  expect_invariants(step["meddled"].scalar == "yes");
}

void Aftermath::expect_nothing_new(const Outcome& outcome, int exit) {
  end("the same command again:\n", outcome);
  EXPECT_EQ(outcome.exit, exit) << said_;
  expect_same_sides();
  EXPECT_EQ(writes_of(requests_), std::vector<std::string>()) << said_;
}

void Aftermath::expect_output(const yaml::Node& step, const Outcome& outcome) const {
  if (step["exit"].scalar != "any") {
    EXPECT_EQ(outcome.exit, step["exit"] ? std::stoi(step["exit"].scalar) : 0) << said_;
  }
  expect_lines(step["output"], outcome.out);
  expect_lines(step["errors"], outcome.err);
  for (const std::string& text : expected(step["has"]))
    EXPECT_NE((outcome.out + outcome.err).find(text), std::string::npos) << text << "\n" << said_;
  for (const std::string& text : expected(step["lacks"]))
    EXPECT_EQ((outcome.out + outcome.err).find(text), std::string::npos) << text << "\n" << said_;
}

std::vector<std::string> Aftermath::expected(const yaml::Node& node) const {
  std::vector<std::string> out;
  if (node.kind == yaml::Node::Kind::Scalar) out.push_back(node.scalar);
  for (const yaml::Node& item : node.items) out.push_back(spelled(item, kind_));
  for (std::string& text : out) text = replace_all(std::move(text), "{store}", kind_.shown());
  return out;
}

/// Each expected text stands in a line of `output`, in the given order.
void Aftermath::expect_lines(const yaml::Node& lines, const std::string& output) const {
  std::size_t from = 0;
  for (const std::string& line : expected(lines)) {
    const std::size_t found = output.find(line, from);
    ASSERT_NE(found, std::string::npos) << "missing (or out of order): " << line << "\n" << said_;
    from = found + line.size();
  }
}

void Aftermath::expect_requests(const yaml::Node& expected) const {
  std::map<std::string, std::size_t> made;
  for (const sandbox::LoggedRequest& entry : requests_) ++made[entry.request.method];
  for (const auto& member : expected.members) EXPECT_EQ(made[member.key], std::stoul(member.value.scalar)) << member.key;
}

void Aftermath::expect_sends(const yaml::Node& expected) const {
  std::vector<std::string> wanted;
  for (const std::string& line : texts(expected)) {
    const std::size_t method = line.find(' '), path = line.find(' ', method + 1);
    ASSERT_NE(path, std::string::npos) << line;
    wanted.push_back(line.substr(0, path + 1) + json::canonical(json::parse(line.substr(path + 1))));
  }
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(wanted, writes_of(requests_)) << said_;
}

/// "side action case field: before → after", one line a field; an entry without fields is a line without them.
void Aftermath::expect_journal(const yaml::Node& expected) const {
  std::vector<std::string> wanted = texts(expected), made;
  const auto now = after_.state.find("lockstep_change"), known = before_.state.find("lockstep_change");
  if (now != after_.state.end()) {
    for (const auto& [id, entry] : now->second) {
      if (known != before_.state.end() && known->second.contains(id)) continue;
      const std::string head = entry.at("side") + " " + entry.at("action") + " " + entry.at("case_number");
      if (entry.at("fields") == "NULL") {
        made.push_back(head);
        continue;
      }
      const Json fields = json::parse(entry.at("fields"));
      for (const Json::Member& field : *fields.object()) {
        if (kServerColumns.contains(field.first)) continue;
        made.push_back(head + " " + field.first + ": " + shown(field.second.find("before")) + " → " + after_of(field));
      }
    }
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(made.begin(), made.end());
  EXPECT_EQ(wanted, made) << said_;
}

/// The id of an item that this run made is another each time: "NEW".
std::string Aftermath::after_of(const Json::Member& field) const {
  const Json* after = field.second.find("after");
  const bool identity = field.first == "vapi_assistant_id" || field.first == "vapi_tool_id";
  const bool made = identity && after != nullptr && after->text() != nullptr && !before_.world.contains(*after->text());
  return made ? "\"NEW\"" : shown(after);
}

/// Neither the user's tables nor the journal have anything new.
void Aftermath::expect_same_sides() const {
  EXPECT_EQ(before_.users, after_.users) << said_;
  EXPECT_EQ(journaled_changes(before_.state), journaled_changes(after_.state)) << said_;
}

void Aftermath::expect_invariants(bool meddled) const {
  for (const std::string& row : vanished(before_.users, after_.users)) ADD_FAILURE() << "vanished: " << row << "\n" << said_;
  for (const char* table : {"assistants", "phone_numbers", "agents", "tools"}) {
    for (const std::string& cell : unjournaled(before_.users, after_.users, table, database_))
      ADD_FAILURE() << "not in the journal: " << cell << "\n" << said_;
  }
  for (const std::string& request : forbidden_requests(requests_)) ADD_FAILURE() << "sent " << request;
  for (const std::string& cell : visible_markers(database_)) ADD_FAILURE() << "the marker is shown: " << cell << "\n" << said_;
  if (meddled) return;  // a fault changed the remote side while the run was under way
  for (const std::string& item : touched_unnamed(before_.world, after_.world, requests_))
    ADD_FAILURE() << "touched without being named: " << item << "\n" << said_;
  for (const std::string& value : unjournaled_remote(before_.world, after_.world, database_)) {
    // Of a secret the journal has its mask alone.
    if (!leaked(value, "value", secrets_).empty()) continue;
    ADD_FAILURE() << "overwritten remotely, and not in the journal: " << value << "\n" << said_;
  }
}

}  // namespace lockstep::test
