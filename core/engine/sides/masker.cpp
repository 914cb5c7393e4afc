#include "engine/sides/masker.h"

#include <algorithm>

#include "format/escape.h"
#include "format/json.h"

namespace lockstep {
namespace {

constexpr std::string_view kMaskBegins = "[secret ";
constexpr std::size_t kDigits = 16;
/// A longer secret is hashed each time that it is met.
constexpr std::size_t kLongestKept = 2048;

}  // namespace

std::string mask_of_secret(const KeyedHasher& hasher, std::string_view canonical) {
  return std::string(kMaskBegins) + hasher.hash(canonical).substr(0, kDigits) + "]";
}

bool is_secret_mask(std::string_view text) {
  return text.size() == kMaskBegins.size() + kDigits + 1 && text.starts_with(kMaskBegins) && text.ends_with(']');
}

Masker::Masker(const Parts& parts) : parts_(parts), walk_(parts.patterns, parts.starts) {
  if (!parts_.keys.empty()) holds_key_ = [this](std::string_view literal) { return holds_key(literal); };
}

bool Masker::holds_key(std::string_view literal) {
  std::string_view text = json::body_of(literal);
  if (!json::is_plain(literal)) {
    room_.clear();
    json::append_unescaped(room_, literal);
    text = room_;
  }
  return std::any_of(parts_.keys.begin(), parts_.keys.end(),
                     [&](const std::string& key) { return text.find(key) != std::string_view::npos; });
}

/// The literal that takes the place of a secret.
std::string_view Masker::mask_of(std::string_view slice) {
  std::string canonical = json::canonical(slice);
  if (canonical.front() == '"' && is_secret_mask(json::body_of(canonical))) return slice;
  const auto same = [&](const Known& each) { return each.canonical == canonical; };
  if (const auto* const found = std::find_if(known_.begin(), known_.end(), same); found != known_.end()) return found->mask;
  Known& taken = known_.at(oldest_);
  oldest_ = (oldest_ + 1) % known_.size();
  taken.mask = '"' + mask_of_secret(parts_.hasher, canonical) + '"';
  taken.canonical = canonical.size() <= kLongestKept ? std::move(canonical) : std::string();
  return taken.mask;
}

std::optional<Masker::Masked> Masker::mask(std::string_view text, std::size_t start) {
  Masked masked;
  bool changed = false;
  text_.clear();
  const char* done = text.data();
  for (const PatternWalk::Found& secret : walk_.find(text, start, holds_key_)) {
    const std::string_view mask = mask_of(secret.value);
    changed = changed || mask.data() != secret.value.data();
    text_.append(done, secret.value.data());
    text_ += mask;
    done = secret.value.data() + secret.value.size();
    if (masked.members.empty() || masked.members.back() != secret.member) masked.members.push_back(secret.member);
  }
  if (!changed) return std::nullopt;
  text_.append(done, text.data() + text.size());
  masked.text = text_;
  return masked;
}

}  // namespace lockstep
