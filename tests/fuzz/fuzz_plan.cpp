// Plan files of any bytes: each is read or refused with its place, whoever wrote it. The first byte says as what the rest is read: 's' as a
// plan that Lockstep itself sealed, so that its contents are reached behind the checksums; anything else as a file as it lies there.
#include <algorithm>

#include "common/error.h"
#include "format/json.h"
#include "fuzz/law.h"
#include "operations/plan_file.h"

namespace lockstep::fuzz {
namespace {

constexpr const char* kKey = "a key of a database";

std::optional<SavedPlan> read(std::string_view text) {
  try {
    return parse_plan(text, "f.json");
  } catch (const Error& error) {
    law(error.kind() == ErrorKind::Corrupt, "what is no plan is corrupt", error.what());
    law(error.message().starts_with("f.json"), "a refusal names its file", error.what());
    return std::nullopt;
  }
}

bool fits(const SavedPlan& plan, const std::string& key) {
  try {
    check_seal(plan, key, "f.json");
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Has the outline that plan_text() is given.
bool is_plan(const Json& json) {
  const Json* syncs = json.find("syncs");
  if (json.object() == nullptr || syncs == nullptr || syncs->array() == nullptr) return false;
  return std::all_of(syncs->array()->begin(), syncs->array()->end(), [](const Json& sync) {
    const Json* changes = sync.find("changes");
    const Json* fingerprints = sync.find("fingerprints");
    return changes != nullptr && changes->array() != nullptr && fingerprints != nullptr && fingerprints->object() != nullptr;
  });
}

void read_sealed(std::string_view text) {
  Json json;
  try {
    json = json::parse(text);
  } catch (const Error&) {
    return;
  }
  if (!is_plan(json)) return;
  for (const char* own : {"checksum", "seal"}) json.erase(own);
  RunOptions options;
  options.mode = Mode::Full;
  const std::string sealed = plan_text(json, options, kKey);
  const auto plan = read(sealed);
  if (!plan) return;
  law(fits(*plan, kKey), "a plan that was sealed with a key fits it", sealed);
  law(!fits(*plan, "another key"), "a plan fits no other key", sealed);
  law(plan->syncs.size() == json.find("syncs")->array()->size(), "each sync is read", sealed);
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = lockstep::fuzz::text_of(data, size);
  if (text.front() == 's') {
    lockstep::fuzz::read_sealed(text.substr(1));
  } else {
    const auto plan = lockstep::fuzz::read(text.substr(1));
    lockstep::fuzz::law(!plan || !lockstep::fuzz::fits(*plan, lockstep::fuzz::kKey), "no text seals itself", text);
  }
  return 0;
}
