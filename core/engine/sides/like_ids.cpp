#include "engine/sides/like_ids.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "common/text.h"

namespace lockstep {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

/// NFKC, case folded, without what is not seen. Text that is no UTF-8 stays as it is.
std::string folded(std::string_view id) {
  constexpr auto kOptions =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  utf8proc_uint8_t* bytes = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(id.data()), static_cast<utf8proc_ssize_t>(id.size()), &bytes, kOptions);
  const std::unique_ptr<utf8proc_uint8_t, Free> owned(bytes);
  if (size < 0) return std::string(id);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

}  // namespace

std::string like_form(std::string_view id) {
  std::string form = is_ascii(id) ? to_lower(id) : folded(id);
  std::erase_if(form, [](char byte) { return static_cast<unsigned char>(byte) <= ' '; });
  const std::size_t first = std::min(form.find_first_not_of('0'), form.size());
  return form.substr(std::min(first, form.empty() ? 0 : form.size() - 1));
}

void LikeIds::add(std::string_view id, std::uint32_t tag) { entries_.emplace(hash128(like_form(id)), Entry{id, tag}); }

std::vector<LikeIds::Entry> LikeIds::others(std::string_view id) const {
  std::vector<Entry> found;
  const auto range = entries_.equal_range(hash128(like_form(id)));
  for (auto each = range.first; each != range.second; ++each) {
    if (each->second.id != id) found.push_back(each->second);
  }
  return found;
}

}  // namespace lockstep
