// Walks whose place is computed here and not named by the server: by the last identity, by counting pages, by counting items. None of
// these APIs says what happened meanwhile, so each walk looks for what it can know of a list that moved under it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rest/paging.h"

namespace lockstep::rest {

/// "?after_id=LAST": what follows the last item. Over when the answer says that nothing follows, or, where answers do not say, when a page
/// is empty: a short one may be the server's own limit.
class IdPages : public Pager {
 public:
  IdPages(const ListSpec& spec, std::size_t page_size) : spec_(spec), limit_(page_size) {}

  std::optional<Parameters> ask() override;
  void took(const PageFacts& facts) override;
  const std::string& why() const override { return why_; }

 private:
  ListSpec spec_;
  std::size_t limit_;
  std::string after_;
  bool over_ = false;
  std::string why_;
};

/// The number of items that the answers tell; a list whose number changes has moved.
class Total {
 public:
  /// False when this answer tells another number than those before.
  bool agrees(const PageFacts& facts);
  bool reached(std::uint64_t seen) const { return total_ && seen >= *total_; }
  /// Why a list that ends here is not complete, or empty.
  std::string missing(std::uint64_t seen) const;

 private:
  std::optional<std::uint64_t> total_;
};

/// A walk that counts what came: page after page, until what answers tell says that it is over.
class CountedPages : public Pager {
 public:
  std::optional<Parameters> ask() override;
  const std::string& why() const override { return why_; }

 protected:
  CountedPages(const ListSpec& spec, std::size_t limit) : spec_(spec), limit_(limit) {}
  /// Of the next page: its number, or that of its first item.
  virtual std::uint64_t place() const = 0;
  /// `why`: see Pager::why().
  void end(std::string why);

  ListSpec spec_;
  std::size_t limit_;
  std::uint64_t seen_ = 0;  ///< items
  Total total_;

 private:
  bool over_ = false;
  std::string why_;
};

/// "?page=2". Over after the last page when answers tell the number of pages or items or whether more follow, else with an empty page, a
/// 404, or the last page once more.
class NumberedPages : public CountedPages {
 public:
  NumberedPages(const ListSpec& spec, std::size_t page_size) : CountedPages(spec, page_size), page_(spec.first_page) {}

  void took(const PageFacts& facts) override;
  bool may_be_past_end() const override;
  void took_nothing() override { end(total_.missing(seen_)); }

 private:
  std::uint64_t place() const override { return page_; }
  /// The page is the one before once more, and that was the last one for certain.
  bool is_last_again(const PageFacts& facts) const;

  std::size_t page_;
  Hash128 before_;  ///< identities of the page before
};

/// "?offset=99". Each page begins with the last item of the one before: without it, something was deleted meanwhile and what moved up into
/// the pages already read would be missed. Over when nothing but that item comes, or the number of items is reached.
class OffsetPages : public CountedPages {
 public:
  OffsetPages(const ListSpec& spec, std::size_t page_size);

  void took(const PageFacts& facts) override;

 private:
  std::uint64_t place() const override { return seen_ == 0 ? 0 : seen_ - 1; }

  bool begun_ = false;
};

}  // namespace lockstep::rest
