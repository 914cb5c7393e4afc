#include "engine/sides/lookalikes.h"

#include <algorithm>

#include "engine/sides/likeness.h"

namespace lockstep {
namespace {

/// What more rows than these hold leads to none of them.
constexpr std::size_t kHoldersThatTell = 64;

bool holds_something(CellPrint print) { return print != kNotKnown && print != kEmpty; }

std::uint64_t place_of(std::size_t ordinal, CellPrint print) { return (static_cast<std::uint64_t>(ordinal) << 32) | print; }

}  // namespace

Lookalikes::Lookalikes(const Mapping& mapping, const std::vector<Alike>& alike) {
  const auto differs = [&](std::size_t ordinal) { return ordinal >= alike.size() || alike[ordinal] == Alike::No; };
  const std::size_t label = mapping.label();
  if (label != 0 && differs(label)) {
    columns_ = {label};
    return;
  }
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    if (tells_rows_apart(mapping, ordinal) && differs(ordinal)) columns_.push_back(ordinal);
  }
  // Where nothing tells rows apart, each may be any other.
  if (columns_.empty() && label != 0) columns_ = {label};
}

void Lookalikes::add_gone(std::uint32_t link, std::vector<CellPrint> prints) {
  if (prints.empty()) return;
  for (const std::size_t ordinal : columns_) {
    if (!holds_something(prints[ordinal])) continue;
    // One more than tell anything says that they are too many.
    std::vector<std::size_t>& holders = by_cell_[place_of(ordinal, prints[ordinal])];
    if (holders.size() <= kHoldersThatTell) holders.push_back(gone_.size());
  }
  gone_.push_back({link, std::move(prints)});
}

void Lookalikes::add_row(std::size_t local, std::span<const CellPrint> prints) {
  for (const std::size_t at : candidates(prints)) {
    if (are_alike(gone_[at].prints, prints)) rows_[gone_[at].link].push_back(local);
  }
}

std::vector<std::size_t> Lookalikes::candidates(std::span<const CellPrint> prints) const {
  std::vector<std::size_t> found;
  for (const std::size_t ordinal : columns_) {
    const auto holders = by_cell_.find(place_of(ordinal, prints[ordinal]));
    if (holders == by_cell_.end() || holders->second.size() > kHoldersThatTell) continue;
    found.insert(found.end(), holders->second.begin(), holders->second.end());
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// More than half of what either holds.
bool Lookalikes::are_alike(std::span<const CellPrint> one, std::span<const CellPrint> other) const {
  std::size_t told = 0, equal = 0;
  for (const std::size_t ordinal : columns_) {
    if (!holds_something(one[ordinal]) && !holds_something(other[ordinal])) continue;
    ++told;
    equal += one[ordinal] == other[ordinal] ? 1U : 0U;
  }
  return equal * 2 > told;
}

const std::vector<std::size_t>& Lookalikes::rows_like(std::uint32_t link) const {
  static const std::vector<std::size_t> none;
  const auto rows = rows_.find(link);
  return rows == rows_.end() ? none : rows->second;
}

}  // namespace lockstep
