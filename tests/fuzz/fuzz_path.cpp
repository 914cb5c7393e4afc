// Paths on any bytes: three lines, two paths and a document. What is read is spelled back, and finding, making, removing and overlapping
// tell the same story.
#include <optional>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "format/path.h"
#include "fuzz/law.h"

namespace lockstep::fuzz {
namespace {

std::optional<Path> path_of(std::string_view text) {
  try {
    Path path = Path::parse(text);
    law(!path.empty() && path.steps().front().kind == Path::Step::Kind::Key, "a path starts with a key", text);
    law(Path::parse(path.text()) == path, "a path is spelled back", path.text());
    law(path.contains(path) && path.may_overlap(path), "a path contains itself", text);
    return path;
  } catch (const Error& error) {
    law(error.kind() == ErrorKind::Invalid, "what is no path is Invalid", error.what());
    law(error.message().size() < 2000 && is_utf8(error.message()), "a reason is short and readable", error.message());
    return std::nullopt;
  }
}

/// Sets the place to `value`; false when something stands in the way.
bool set(const Path& path, Json& document, const Json& value) {
  try {
    path.reach(document) = value;
    return true;
  } catch (const Error& error) {
    law(error.kind() == ErrorKind::Conflict, "what stands in the way is a Conflict", error.what());
    return false;
  }
}

/// What is written at such a place may change what the path finds.
bool selects_by_what_it_writes(const Path& path) { return path.ends_at_selector() || path.steps().back().kind == Path::Step::Kind::Select; }

void check_one(const Path& path, Json document) {
  const Json* before = path.find(document);
  const std::optional<Json> standing = before == nullptr ? std::nullopt : std::optional(*before);
  Json changed = document;
  if (set(path, changed, Json("marked"))) {
    const Json* found = path.find(changed);
    law(selects_by_what_it_writes(path) || (found != nullptr && *found == Json("marked")), "what was set is found", path.text());
    path.erase(changed);
    const Json* left = path.find(changed);
    law(left == nullptr || *left != Json("marked"), "what was removed is gone", path.text());
  } else {
    law(!standing, "what is found can be set", path.text());
  }
  path.erase(document);
  json::to_text(document);
}

void check_two(const Path& a, const Path& b, const Json& document) {
  law(a.may_overlap(b) == b.may_overlap(a), "overlapping is mutual", a.text() + " " + b.text());
  if (a.contains(b)) law(a.may_overlap(b), "what contains overlaps", a.text() + " " + b.text());
  if (a.contains(b) && b.contains(a) && !a.has_each() && !b.has_each()) law(a == b, "what contains each other is the same", a.text());
  if (a.may_overlap(b) || selects_by_what_it_writes(a) || selects_by_what_it_writes(b)) return;
  for (Json into : {Json(), document}) {
    if (!set(a, into, Json("first")) || !set(b, into, Json("second"))) continue;
    const Json* found = a.find(into);
    law(found != nullptr && *found == Json("first"), "paths that do not overlap do not disturb each other", a.text() + " " + b.text());
  }
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  using namespace lockstep::fuzz;
  const std::string_view text = text_of(data, size);
  const std::size_t first = text.find('\n');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\n', first + 1);
  if (second == std::string_view::npos) {
    path_of(text);
    return 0;
  }
  const auto a = path_of(text.substr(0, first));
  const auto b = path_of(text.substr(first + 1, second - first - 1));
  if (!a) return 0;
  Json document;
  try {
    document = json::parse(text.substr(second + 1));
  } catch (const Error&) {
    document = Json();
  }
  check_one(*a, document);
  if (b) check_two(*a, *b, document);
  return 0;
}
