// Lookalikes: rows that bear the label of an item whose row is gone; without a label, most of what it held.
#include "engine/sides/lookalikes.h"

#include <gtest/gtest.h>

#include "format/yaml.h"

namespace lockstep::test {
namespace {

Mapping mapping_with(const std::string& label) {
  Resource resource;
  resource.name = "thing";
  yaml::Problems problems;
  Mapping mapping = Mapping::load(yaml::load_text("table: things\nkey: {column: remote_id, from: id}\n" + label +
                                                      "fields: {name: text, motto: text, note: text, slot: integer}\n",
                                                  "m.yaml", {}, problems),
                                  resource, {}, problems);
  EXPECT_EQ(problems.errors(), std::vector<std::string>{});
  return mapping;
}

/// Remote id, name, motto, note, slot.
std::vector<CellPrint> row(CellPrint name, CellPrint motto, CellPrint note, CellPrint slot = 9) {
  return {kEmpty, name, motto, note, slot};
}

using Found = std::vector<std::size_t>;

TEST(Lookalikes, TheLabelAloneTellsWhereThereIsOne) {
  const Mapping mapping = mapping_with("label: name\n");
  Lookalikes lookalikes(mapping, {});
  lookalikes.add_gone(7, row(11, 12, 13));
  lookalikes.add_row(0, row(11, 22, 23));
  lookalikes.add_row(1, row(21, 12, 13));
  EXPECT_EQ(lookalikes.rows_like(7), Found{0});
  EXPECT_EQ(lookalikes.rows_like(8), Found{});
}

TEST(Lookalikes, WhereAllRowsBearOneLabelMostOfTheTextsTell) {
  const Mapping mapping = mapping_with("label: name\n");
  Lookalikes lookalikes(mapping, {Alike::No, Alike::Same, Alike::No, Alike::No, Alike::No});
  lookalikes.add_gone(7, row(11, 12, 13));
  lookalikes.add_row(0, row(11, 12, 23));
  lookalikes.add_row(1, row(11, 12, 13));
  EXPECT_EQ(lookalikes.rows_like(7), Found{1}) << "half is not most, and numbers say nothing";
}

TEST(Lookalikes, WhatIsEmptyOrNotKnownIsNotTheSame) {
  const Mapping mapping = mapping_with("label: name\n");
  Lookalikes lookalikes(mapping, {});
  lookalikes.add_gone(7, row(kEmpty, 12, 13));
  lookalikes.add_gone(8, {});
  lookalikes.add_gone(9, row(kNotKnown, 12, 13));
  lookalikes.add_row(0, row(kEmpty, 12, 13));
  for (const std::uint32_t link : {7U, 8U, 9U}) EXPECT_EQ(lookalikes.rows_like(link), Found{});
}

TEST(Lookalikes, ALabelThatVeryManyBearTellsNothing) {
  const Mapping mapping = mapping_with("label: name\n");
  for (const std::uint32_t many : {64U, 65U}) {
    Lookalikes lookalikes(mapping, {});
    for (std::uint32_t link = 0; link < many; ++link) lookalikes.add_gone(link, row(11, 12, 13));
    lookalikes.add_row(0, row(11, 12, 13));
    EXPECT_EQ(lookalikes.rows_like(0).size(), many > 64 ? 0U : 1U);
  }
}

TEST(Lookalikes, WhereNothingTellsRowsApartEachMayBeAnyOther) {
  const Mapping mapping = mapping_with("label: name\n");
  Lookalikes lookalikes(mapping, std::vector<Alike>(5, Alike::Same));
  lookalikes.add_gone(7, row(11, 12, 13));
  lookalikes.add_row(0, row(11, 12, 13));
  lookalikes.add_row(1, row(21, 12, 13));
  EXPECT_EQ(lookalikes.rows_like(7), Found{0});
}

}  // namespace
}  // namespace lockstep::test
