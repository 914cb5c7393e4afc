#include "engine/decide/cell_prints.h"

#include <algorithm>
#include <bit>

#include "common/hash.h"
#include "format/json.h"

namespace lockstep {
namespace {

constexpr std::size_t kGone = SIZE_MAX;

CellPrint print_bytes(std::string_view bytes) {
  const auto print = static_cast<CellPrint>(hash128(bytes).low);
  return print <= kEmpty ? print + 2 : print;
}

std::string_view as_bytes(const std::int64_t& number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }

}  // namespace

CellPrint print_of(const Field& field, const Value& cell) {
  switch (cell.tag()) {
    case Value::Tag::Absent:
    case Value::Tag::Null: return kEmpty;
    case Value::Tag::Bool: return print_bytes(as_bytes(cell.as_bool() ? 1 : 0));
    case Value::Tag::Int: return print_bytes(as_bytes(cell.as_integer()));
    case Value::Tag::Real: {
      const double real = cell.as_real();
      const auto whole = static_cast<std::int64_t>(std::clamp(real, -9e18, 9e18));
      return print_bytes(as_bytes(static_cast<double>(whole) == real ? whole : std::bit_cast<std::int64_t>(real)));
    }
    case Value::Tag::Text:
      // A text in a column of JSON stands there in quotes.
      return field.type == FieldType::Json ? print_bytes(json::quote(cell.as_view())) : print_bytes(cell.as_view());
    case Value::Tag::Unreadable:
      if (cell.storage() == Value::Storage::Text) return print_bytes(cell.as_view());
      return print_bytes(hash_row(Row(&cell, 1)).hex());
    default: return print_bytes(cell.as_view());
  }
}

std::vector<CellPrint> prints_of(const Mapping& mapping, Row fields) {
  std::vector<CellPrint> prints;
  prints.reserve(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) prints.push_back(print_of(mapping.fields()[i], fields[i]));
  return prints;
}

CellOrder::CellOrder(const Mapping& mapping, const Json& rules) : traits_(mapping.fields().size()) {
  std::vector<std::string> columns;
  if (rules.object() != nullptr) {
    for (const Json::Member& member : *rules.object()) columns.push_back(member.first);
  }
  std::sort(columns.begin(), columns.end());
  for (const std::string& column : columns) {
    const Json* rule = rules.find(column);
    const Json* now = rule->find("now");
    const std::string& name = now == nullptr ? column : *now->text();
    const auto ordinal = mapping.find(name);
    places_.push_back({ordinal.value_or(kGone), rule->is_null() ? std::string() : name});
    if (column != name) renamed_.emplace_back(column, name);
    if (!ordinal || rule->is_null()) continue;
    const std::string known = rule->text() != nullptr ? *rule->text() : rule->text_at("rule");
    const bool same_rule = is_rule_of(mapping.fields()[*ordinal], column, known);
    traits_[*ordinal] = {true, rule->find("kept") != nullptr, rule->find("doubt") != nullptr, same_rule};
  }
}

bool CellOrder::doubts_any() const {
  return std::any_of(traits_.begin(), traits_.end(), [](const Traits& each) { return each.doubted; });
}

bool CellOrder::knew_all() const {
  return std::all_of(traits_.begin(), traits_.end(), [](const Traits& each) { return each.known && !each.kept && !each.doubted; });
}

/// False for cells that are cut short.
bool CellOrder::each_print(std::string_view cells, const std::function<void(const Place&, CellPrint)>& visit) const {
  const std::size_t bitmap = (places_.size() + 7) / 8;
  if (cells.size() < bitmap || cells.empty()) return false;
  std::size_t at = bitmap;
  for (std::size_t place = 0; place < places_.size(); ++place) {
    CellPrint print = kEmpty;
    if ((static_cast<unsigned char>(cells[place / 8]) >> (place % 8) & 1U) != 0) {
      if (cells.size() - at < sizeof print) return false;
      print = 0;
      for (std::size_t byte = 0; byte < sizeof print; ++byte) {
        print |= static_cast<CellPrint>(static_cast<unsigned char>(cells[at + byte])) << (8 * byte);
      }
      at += sizeof print;
    }
    visit(places_[place], print);
  }
  return true;
}

std::vector<CellPrint> CellOrder::unpack(std::string_view cells) const {
  std::vector<CellPrint> prints(traits_.size(), kNotKnown);
  const bool whole = each_print(cells, [&](const Place& place, CellPrint print) {
    if (place.ordinal != kGone && !place.column.empty()) prints[place.ordinal] = print;
  });
  return whole ? prints : std::vector<CellPrint>();
}

KeptPrints CellOrder::unpack_kept(std::string_view cells) const {
  KeptPrints kept;
  const bool whole = each_print(cells, [&](const Place& place, CellPrint print) {
    if (place.ordinal == kGone && !place.column.empty()) kept[place.column] = print;
  });
  return whole ? kept : KeptPrints();
}

std::string CellOrder::pack(std::span<const CellPrint> prints, const KeptPrints& kept) const {
  const auto print_at = [&](const Place& place) {
    if (place.ordinal != kGone) return prints[place.ordinal];
    const auto found = kept.find(place.column);
    return found == kept.end() ? kNotKnown : found->second;
  };
  std::string cells((places_.size() + 7) / 8, '\0');
  for (std::size_t place = 0; place < places_.size(); ++place) {
    const CellPrint print = print_at(places_[place]);
    if (print == kEmpty) continue;
    cells[place / 8] = static_cast<char>(static_cast<unsigned char>(cells[place / 8]) | 1U << (place % 8));
    for (std::size_t byte = 0; byte < sizeof print; ++byte) cells.push_back(static_cast<char>(print >> (8 * byte) & 0xFFU));
  }
  return cells;
}

}  // namespace lockstep
