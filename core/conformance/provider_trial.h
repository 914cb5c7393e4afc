// ProviderTrial: what a check of a provider works with: the provider behind its gateway, and walks over its list.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/scratch_folder.h"
#include "conformance/gateway.h"
#include "conformance/provider_checks.h"

namespace lockstep::conformance {

struct WalkedItem {
  std::string id;
  std::string raw;
  Hash128 hash;
  friend bool operator==(const WalkedItem&, const WalkedItem&) = default;
};

/// A list read to its end, whatever that was.
struct Walk {
  std::vector<WalkedItem> items;
  std::vector<std::string> problems;
  std::size_t pages = 0;
  ListEnd end;
  std::optional<Error> error;

  /// Everything was said to be there.
  bool whole() const { return !error && end.complete; }
  /// For messages: how it ended.
  std::string outcome() const;
};

class ProviderTrial : public Check {
 public:
  /// `bench` is borrowed. Nothing is made or asked yet.
  explicit ProviderTrial(const ProviderBench& bench) : bench_(bench) {}
  ~ProviderTrial() override;

  using Changes = std::map<std::string, std::string, std::less<>>;
  /// A provider with the bench's options and these on top; an empty text takes an option away. Behind the gateway where there is one.
  std::unique_ptr<Provider> make(const Changes& changes = {});
  /// One with the bench's options, made once.
  Provider& provider();
  /// The resource that the checks read. Skips when the provider has no credential here.
  const Resource& resource();
  const Resource& resource_of(const Provider& provider);

  /// `page_size` 0: the provider's own. `limit` bounds how many pages are read: a list that goes on for ever ends there, not complete.
  Walk walk(Provider& provider, std::size_t page_size = 0, std::size_t limit = 10'000);
  /// The list as it is, read once, without any alteration. Ends the check when it is not complete or too short to check anything.
  const Walk& truth();
  /// So many items a page that the list has three pages.
  std::size_t page_size_for_three();

  /// The gateway. Skips when the provider has no option `base_url`.
  Gateway& gateway();
  /// Every list of this provider comes from text that passes `change`: through the gateway, or from a copy of the file that it reads.
  std::unique_ptr<Provider> make_with_text(const std::function<std::string(std::string)>& change);
  /// The option that holds the key, or nullptr.
  const Option* key_option() const;
  /// Its value; skips when the provider takes none or none was given.
  std::string key();

  /// A call without deadline or stop.
  Call& call() { return call_; }
  /// The text holds the key in no spelling.
  void holds_no_key(std::string_view text, std::string_view what);

 private:
  const Option* option(std::string_view name) const;
  const Option* path_option() const;
  std::string given(const Option& option) const;

  const ProviderBench& bench_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Provider> provider_;
  std::optional<Walk> truth_;
  std::optional<ScratchFolder> copies_;
  std::size_t copies_made_ = 0;
  Meter meter_;
  Call call_{{}, Deadline(), meter_};
};

}  // namespace lockstep::conformance
