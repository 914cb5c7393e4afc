// Values in: what a column would bend is refused here, before anything is sent.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cells.h"
#include "common/error.h"
#include "common/text.h"
#include "common/time.h"
#include "sql/spellings.h"

namespace lockstep::mysql {
namespace {

using namespace sql;
using As = Spelled::As;

bool is_number(Kind kind) { return kind == Kind::Integer || kind == Kind::Boolean || kind == Kind::Bit || kind == Kind::Year; }

/// "23:59:59.5", with as many digits behind the point as the column has.
bool is_time(std::string_view text, int digits) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t hours = std::min(text.find(':'), text.size());
  const std::size_t size = hours + 6 + (digits > 0 ? static_cast<std::size_t>(digits) + 1 : 0);
  if (hours < 2 || hours > 3 || text.size() != size || text[hours] != ':' || text[hours + 3] != ':') return false;
  for (std::size_t i = 0; i < size; ++i) {
    const bool sign = i == hours || i == hours + 3 || i == hours + 6;
    if (!sign && !is_digit(text[i])) return false;
  }
  return text[hours + 1] < '6' && text[hours + 4] < '6' && (digits == 0 || text[hours + 6] == '.');
}

/// The numbers of a JSON text, as they are spelled.
std::vector<std::string_view> numbers_in(std::string_view json) {
  constexpr std::string_view kDigits = "+-.0123456789eE";
  std::vector<std::string_view> out;
  bool quoted = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (quoted && json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && (json[at] == '-' || is_digit(json[at]))) {
      const std::size_t end = std::min(json.find_first_not_of(kDigits, at), json.size());
      out.push_back(json.substr(at, end - at));
      at = end - 1;
    }
  }
  return out;
}

class Speller {
 public:
  Speller(const Target& target, Arena& arena) : target_(target), arena_(arena) {}

  Spelled null() {
    // Such a column would take the time of day for it, where the server is an old one.
    if (target_.stored.kind == Kind::Instant && !target_.nullable) refuse(target_, "cannot be null");
    return {};
  }

  Spelled boolean(bool value) {
    const Kind kind = target_.stored.kind;
    if (kind == Kind::Json || kind == Kind::JsonBinary) return borrowed(value ? "true" : "false");
    return integer(value ? 1 : 0);
  }

  Spelled integer(std::int64_t value) {
    const Stored& stored = target_.stored;
    if (!target_.there || is_number(stored.kind)) {
      if (target_.there) need_room(value);
      return {stored.is_unsigned ? As::Unsigned : As::Integer, value};
    }
    if (stored.kind == Kind::Real) {
      need_exact(target_, value, is_narrow());
      return {As::Real, 0, static_cast<double>(value)};
    }
    return number(std::to_string(value));
  }

  Spelled real(double value) {
    if (!std::isfinite(value)) refuse_value(target_, shortest(value), "number");
    if (!target_.there) return {As::Real, 0, value};
    if (is_whole(value) && is_number(target_.stored.kind)) return integer(static_cast<std::int64_t>(value));
    return number(shortest(value));
  }

  /// A number by its JSON spelling.
  Spelled number(std::string_view text) {
    switch (target_.stored.kind) {
      case Kind::Integer: return whole(text, "number");
      case Kind::Boolean:
      case Kind::Bit:
      case Kind::Year: refuse_value(target_, text, "value");
      case Kind::Decimal: need_scale(text); return copied(text, As::Decimal);
      case Kind::Real: {
        const double value = need_real(target_, text, is_narrow());
        need_scale(text);
        return real_of(value);
      }
      default: return this->text(text, true);
    }
  }

  Spelled text(std::string_view text, bool made = false) {
    const Stored& stored = target_.stored;
    switch (stored.kind) {
      case Kind::Bytes:
      case Kind::FixedBytes: return bytes(text);
      case Kind::Text:
      case Kind::Padded: need_length(target_, text, static_cast<std::size_t>(stored.detail), stored.kind == Kind::Padded); break;
      case Kind::Limited: need_bytes(text); break;
      case Kind::Integer:
      case Kind::Boolean:
      case Kind::Bit:
      case Kind::Year: return whole(text, "text");
      case Kind::Real: {
        const double value = need_real_text(target_, text, is_narrow());
        need_scale(text);
        return real_of(value);
      }
      case Kind::Decimal:
        if (!plain_decimal(text)) refuse_value(target_, text, "text");
        return number(text);
      case Kind::Uuid: need_uuid(target_, text); break;
      case Kind::Instant:
      case Kind::Clock: return time(text);
      case Kind::Date: need_date(target_, text); break;
      case Kind::Time:
        if (!is_time(text, stored.detail)) refuse(target_, "is a time of day, and " + ellipsize(printable(text), 40) + " is none");
        break;
      case Kind::Enum: need_member(text); break;
      case Kind::Set: need_members(text); break;
      case Kind::JsonBinary: need_exact_numbers(text); break;
      case Kind::Json:
      case Kind::Named: break;
    }
    return made ? copied(text, As::Text) : borrowed(text);
  }

  Spelled as_it_was(std::string_view text) {
    const bool binary = target_.stored.kind == Kind::Bytes || target_.stored.kind == Kind::FixedBytes;
    return {binary ? As::Bytes : As::Text, 0, 0, text};
  }

 private:
  static Spelled borrowed(std::string_view text) { return {As::Text, 0, 0, text}; }
  Spelled copied(std::string_view text, As as) { return {as, 0, 0, arena_.copy(text)}; }
  bool is_narrow() const { return target_.stored.detail == 4; }
  /// A float is compared as the double that it is widened to.
  Spelled real_of(double value) const { return {As::Real, 0, is_narrow() ? static_cast<double>(static_cast<float>(value)) : value}; }

  Spelled bytes(std::string_view text) {
    const auto most = static_cast<std::size_t>(target_.stored.detail);
    if (target_.stored.kind == Kind::FixedBytes && text.size() != most) {
      refuse(target_, "keeps " + counted(most, "byte", "bytes") + ", and the value has " + std::to_string(text.size()),
             "make the column a varbinary");
    }
    return {As::Bytes, 0, 0, text};
  }

  Spelled whole(std::string_view text, const char* what) {
    if (const auto value = canonical_integer(text)) return integer(*value);
    const auto large = whole_number<std::uint64_t>(text);
    const bool fits = target_.stored.is_unsigned && target_.stored.kind == Kind::Integer && target_.stored.detail == 8;
    if (!large || !fits || std::to_string(*large) != text) refuse_value(target_, text, what);
    return {As::Unsigned, static_cast<std::int64_t>(*large)};
  }

  void need_room(std::int64_t value) const {
    const Stored& stored = target_.stored;
    if (stored.kind == Kind::Year) {
      if (value != 0 && (value < 1901 || value > 2155)) refuse_value(target_, std::to_string(value), "year");
      return;
    }
    const bool positive = stored.is_unsigned || stored.kind == Kind::Bit;
    const int bits = (stored.kind == Kind::Bit ? stored.detail : stored.detail * 8) - (positive ? 0 : 1);
    const bool small = bits < 63 && (value >= std::int64_t{1} << bits || value < -(std::int64_t{1} << bits));
    if (!small && !(positive && value < 0)) return;
    refuse(target_,
           (stored.kind == Kind::Bit ? "has " + counted(static_cast<std::uint64_t>(stored.detail), "bit", "bits")
                                     : std::string("is an ") + (positive ? "unsigned " : "") + "integer of " +
                                           counted(static_cast<std::uint64_t>(stored.detail), "byte", "bytes")) +
               ", too small for " + std::to_string(value),
           positive ? "" : "make the column a bigint");
  }

  void need_scale(std::string_view text) const {
    if (target_.stored.scale != Stored::kNoScale) sql::need_scale(target_, text, target_.stored.scale);
  }

  void need_bytes(std::string_view text) const {
    const auto most = static_cast<std::size_t>(target_.stored.detail);
    if (most == 0 || text.size() <= most) return;
    refuse(target_, "takes " + std::to_string(most) + " bytes, and the text has " + std::to_string(text.size()), "make the column wider");
  }

  /// MySQL's own JSON has 64 bits for an integer, and a double for every other number.
  void need_exact_numbers(std::string_view json) const {
    for (const std::string_view number : numbers_in(json)) {
      if (whole_number<std::int64_t>(number) || whole_number<std::uint64_t>(number)) continue;
      need_real(target_, number, false);
    }
  }

  bool is_member(std::string_view text) const {
    return target_.members == nullptr || std::find(target_.members->begin(), target_.members->end(), text) != target_.members->end();
  }

  [[noreturn]] void refuse_member(std::string_view text) const {
    refuse(target_, "does not have the value " + ellipsize(printable(text), 40) + " among its own", "add it to the column's type");
  }

  void need_member(std::string_view text) const {
    if (!is_member(text)) refuse_member(text);
  }

  /// A set answers its members in the order of its type, each one once.
  void need_members(std::string_view text) const {
    if (target_.members == nullptr || text.empty()) return;
    std::size_t next = 0;
    for (const std::string& part : split(text, ',')) {
      while (next < target_.members->size() && (*target_.members)[next] != part) ++next;
      if (next++ >= target_.members->size()) refuse_member(text);
    }
  }

  Spelled time(std::string_view text) {
    const Micros read = need_time(target_, text, target_.stored.detail, "datetime(3)");
    // "2026-11-21T02:24:23.000Z", or with microseconds.
    const std::string full = format_time(read);
    std::string fraction = full.substr(20, full.size() - 21);
    fraction.resize(static_cast<std::size_t>(target_.stored.detail), '0');
    return copied(full.substr(0, 10) + " " + full.substr(11, 8) + (fraction.empty() ? "" : "." + fraction), As::Text);
  }

  const Target& target_;
  Arena& arena_;
};

}  // namespace

Spelled spell(const Value& value, const Target& target, Arena& arena) {
  Speller speller(target, arena);
  switch (value.tag()) {
    case Value::Tag::Absent:
    case Value::Tag::Null: break;
    case Value::Tag::Bool: return speller.boolean(value.as_bool());
    case Value::Tag::Int: return speller.integer(value.as_integer());
    case Value::Tag::Real: return speller.real(value.as_real());
    case Value::Tag::Number: return speller.number(value.as_view());
    case Value::Tag::Text:
    case Value::Tag::Json: return speller.text(value.as_view());
    case Value::Tag::Unreadable: return speller.as_it_was(value.as_view());
  }
  return speller.null();
}

}  // namespace lockstep::mysql
