#include "operations/next_runs.h"

#include <algorithm>
#include <utility>

#include "common/text.h"

namespace lockstep::operations {
namespace {

std::string what_a_run_does(const Outlook& outlook, const std::string& remote) {
  std::vector<std::string> parts;
  const auto part = [&](std::uint64_t count, const std::string& before, const std::string& after) {
    if (count > 0) parts.push_back(before + " " + counted(count, "row", "rows") + after);
  };
  part(outlook.overwritten, "overwrites", " with what " + remote + " holds");
  part(outlook.filled, "fills empty cells of", " from " + remote);
  part(outlook.sent, "sends the values of", " to " + remote);
  part(outlook.kept, "keeps", " as local edits");
  part(outlook.asked, "asks the hook conflict about", "");
  part(outlook.awaiting, "leaves a decision to you about", ", see: lockstep conflicts");
  if (parts.empty() && outlook.reported > 0)
    return "writes nothing, and reports that " + counted(outlook.reported, "row differs", "rows differ");
  return parts.empty() ? "changes nothing" : join(parts, ", ");
}

std::string name_of(Mode mode) {
  switch (mode) {
    case Mode::Import: return "an import";
    case Mode::Export: return "an export";
    case Mode::Full: break;
  }
  return "a full run";
}

}  // namespace

std::vector<std::string> next_runs(const Sync& sync, const SyncReport& report) {
  if (report.changes.empty()) return {};
  std::vector<std::pair<std::string, std::string>> said;  // who, what
  for (std::size_t i = 0; i < kModes.size(); ++i) {
    const std::string& stopped = report.next_refusals.at(i);
    const std::string does = what_a_run_does(report.next[i], sync.nouns.provider);
    const std::string what = stopped.empty() ? does : "stops before it writes: " + stopped + "; with --allow-mass-change it " + does;
    const auto same = std::find_if(said.begin(), said.end(), [&](const auto& each) { return each.second == what; });
    if (same == said.end()) {
      said.emplace_back(name_of(kModes[i]), what);
    } else {
      same->first += " or " + name_of(kModes[i]);
    }
  }
  std::vector<std::string> out;
  for (const auto& [who, what] : said) out.push_back("Next: " + who + " " + what);
  return out;
}

}  // namespace lockstep::operations
