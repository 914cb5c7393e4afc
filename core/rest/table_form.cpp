// The keys of a table, with what each means: the one place to add one.
#include "rest/table.h"

namespace lockstep::rest {
namespace {

using yaml::Form;
using yaml::Key;
using Kind = yaml::Form::Kind;

Form path() { return yaml::matching("/[^ ]*", "/v1/things"); }
using yaml::place;

Form places() { return yaml::list(place()); }
/// null, or a word.
Form anything() {
  Form form = yaml::of(Kind::Any);
  form.loose = true;
  return form;
}
Form flag() { return yaml::of(Kind::Boolean); }
Form rate() {
  Form form = yaml::of(Kind::Real);
  form.least = 0;
  return form;
}

Form auth() {
  Form form = yaml::map({
      {"style", yaml::choice({"none", "bearer", "header", "basic", "query"}), "how the key is sent", true},
      {"variable", yaml::text(1), "environment variable to name when the key is missing"},
  });
  form.by = "style";
  form.variants = {
      {"none", {}},
      {"bearer", {}},
      {"header", {{"name", yaml::text(1), "name of the header", true}, {"prefix", yaml::text(), "what stands before the key: \"Token \""}}},
      {"basic", {{"user", yaml::text(), "user name; without it the key is USER:PASSWORD, or a user without password"}}},
      {"query", {{"name", yaml::text(1), "name of the parameter; a last resort, for addresses end up in logs of others", true}}},
  };
  return form;
}

std::vector<Key> limit_keys() {
  return {{"limit", yaml::text(1), "parameter for the number of items wanted"},
          {"size", yaml::integer(1, 1'000'000), "how many to ask for", false, "100"},
          {"most", yaml::integer(1, 1'000'000), "the most the API gives at once; without it `size`"}};
}

std::vector<Key> with_limit(std::vector<Key> keys) {
  for (Key& key : limit_keys()) keys.push_back(std::move(key));
  return keys;
}

Key more() { return {"more", place(), "place of a truth value: whether anything follows"}; }
Key done() { return {"done", place(), "place of a truth value: whether this was the last page; instead of `more`"}; }
Key total() { return {"total", place(), "place of the number of items of the whole list"}; }
Key total_header() { return {"total_header", yaml::text(1), "header of the same"}; }

Form paging() {
  Form form = yaml::map(
      {{"style", yaml::choice({"none", "token", "link", "last_id", "page", "offset", "created_at"}), "how a list comes in pieces", true}});
  form.by = "style";
  form.variants = {
      {"none", with_limit({})},
      {"token", with_limit({{"parameter", yaml::text(1), "where the token is sent", true},
                            {"token", place(), "place of the next page's token in the answer"},
                            {"token_header", yaml::text(1), "header of the same"},
                            more(),
                            done()})},
      {"link", with_limit({{"token", place(), "place of the next page's address in the answer; without it the header Link, rel=\"next\""},
                           more(),
                           done()})},
      {"last_id", with_limit({{"parameter", yaml::text(1), "where the last item's identity is sent", true}, more(), done()})},
      {"page", with_limit({{"parameter", yaml::text(1), "where the page's number is sent", true},
                           {"first", yaml::integer(0, 1), "number of the first page", false, "1"},
                           {"pages", place(), "place of the number of pages"},
                           more(),
                           done(),
                           total(),
                           total_header(),
                           {"again", flag(), "past the end the API gives its last page again, and that ends the list", false, "false"}})},
      {"offset",
       with_limit(
           {{"parameter", yaml::text(1), "where the number of items to skip is sent", true}, more(), done(), total(), total_header()})},
      {"created_at",
       {{"field", yaml::text(1), "member of an item: when it was made, RFC 3339", true},
        {"not_after", yaml::text(1), "parameter: items made at that time or before", true},
        {"not_before", yaml::text(1), "parameter: items made at that time or after", true},
        {"limit", yaml::text(1), "parameter for the number of items wanted", true},
        {"size", yaml::integer(10, 1'000'000), "how many to ask for", false, "100"},
        {"most", yaml::integer(10, 1'000'000), "the most the API gives at once; without it `size`"}}},
  };
  return form;
}

std::vector<Key> list_keys() {
  return {{"path", path(), "address of the list; may hold a query", true},
          {"records", place(), "place of the array in the answer; without it the answer is the array"},
          {"keyed", flag(), "the records are no array but an object: each member an item, its name the identity", false, "false"},
          {"empty", yaml::list(anything(), 1), "what else than an empty array means that there is no item: null, missing"},
          {"paging", paging(), "how the list comes in pieces; without it one answer holds everything"}};
}

Form join() {
  std::vector<Key> keys = list_keys();
  keys.push_back({"key", place(), "place of the identity in an item of this list; without it the resource's"});
  keys.push_back({"get", path(), "address of one item, with {id}"});
  keys.push_back({"optional", flag(), "a 404 of the API's own means that there is no such list", false, "false"});
  keys.push_back({"adds", flag(), "items that only this list has are items too", false, "false"});
  return yaml::map(std::move(keys));
}

Form update() {
  return yaml::either({path(), yaml::map({{"path", path(), "address, with {id}", true},
                                          {"method", yaml::choice({"PATCH", "POST"}), "how it is sent", false, "PATCH"}})});
}

Form resource() {
  return yaml::map({
      {"key", place(), "place of the identity in an item", false, "id"},
      {"label", place(), "place of what people call an item", false, "name"},
      {"account", place(), "place of the organisation or user that an item belongs to: a list of another one is refused"},
      {"modified", place(), "place of the server's time of the last change"},
      {"list", yaml::map(list_keys()), "how all items are read", true},
      {"joins", yaml::list(join()), "other lists whose members are laid over the items by identity"},
      {"get", path(), "address of one item: {id} is one segment, {+id} one that may hold slashes"},
      {"create", path(), "where a new item is sent (POST); without it none can be made"},
      {"update", update(), "where changes are sent, with {id}; without it items cannot be changed"},
      {"detail", yaml::choice({"list", "get"}), "where whole items are: in the list, or in the answer to `get`, which is asked for each",
       false, "list"},
      {"created", place(), "place of the new identity in an answer to create that is not the item; without it its header Location"},
      {"record", place(), "place of the item in an answer to get, create or update; without it the answer is the item"},
      {"wrap", yaml::text(1), "member that the body of a create or update is put into"},
      {"merge", places(), "objects that an update merges into what is there: only changed members are sent, a removed one as null"},
      {"read_only", places(), "members that the server owns, at any depth: never sent"},
      {"write_only", places(), "secrets that are sent and not answered"},
      {"secret_flags", yaml::names(place()), "write-only place: the truth value that says whether one is set"},
      {"secret", yaml::list(yaml::path_pattern()),
       "what is never shown, nor stored outside of mapped columns, besides what is named like a secret; !PATTERN takes out"},
      {"legacy", places(), "members, at any depth, that are sent only where the remote still has them"},
      {"known", places(), "every member that the API publishes; others are reported"},
      {"names", yaml::choice({"snake", "camel"}), "how the API spells its members; without it its records show it"},
      {"marker", place(), "object that may hold the mark of an unfinished create; without it none is repeated"},
      {"settles", yaml::of(Kind::Duration), "so long after a create the API may not show the item: until then it is not taken for deleted"},
      {"references", yaml::names(yaml::text(1)), "place: the resource whose identity stands there"},
  });
}

Form rule() {
  return yaml::map({
      {"status", yaml::integer(300, 599), "HTTP status; without it any that is no success"},
      {"member", place(), "place in the body, through lists too; it must be there"},
      {"equals", yaml::text(1), "the whole text of the member", false, {}, {}, false, false, "member"},
      {"contains", yaml::text(1), "text in the member, or in the body; case is ignored, * stands for any text"},
      {"kind", yaml::choice({"credentials", "rate_limited", "unreachable", "rejected", "not_found"}), "what it means", true},
      {"message", yaml::text(1), "what is told; without it what is usual for the kind"},
      {"hint", yaml::text(1), "what helps"},
      {"final", flag(), "repeating cannot help although the status says so", false, "false"},
  });
}

Form errors() {
  return yaml::map({
      {"message", yaml::list(place(), 1), "places of the refusal's text, the first that is there", false, "[\"message\"]"},
      {"hint", yaml::text(1), "what helps against a wrong key"},
      {"rules", yaml::list(rule()), "refusals that their status alone does not explain; the first that fits"},
      {"wait",
       yaml::map({{"members", places(), "places of a wait: \"20s\" or seconds"},
                  {"headers", yaml::list(yaml::text(1)),
                   "headers beside Retry-After; in milliseconds when they end in -ms, or an instant in seconds since 1970"}}),
       "where else an answer says how long to wait"},
      {"repeat_header", yaml::text(1), "header that forbids to repeat a request when it says false"},
  });
}

Form make_table() {
  return yaml::map({
      {"label", yaml::text(1), "what messages call the service", true},
      {"base_url", yaml::matching("https?://[^ ]+", "https://api.example.com"), "address of the API where the configuration names none"},
      {"auth", auth(), "how the key is sent", true},
      {"headers", yaml::names(yaml::text()), "headers of every request; one without a value is left out"},
      {"check", path(), "a cheap GET that proves key and address; without it the first list"},
      {"resources", yaml::names(resource(), "[a-z][a-z0-9_]*", 1), "the kinds of items, by names that you choose", true},
      {"errors", errors(), "what refusals mean"},
      {"limits",
       yaml::map({{"rate", rate(), "requests a second over time; 0: no limit", false, "10"},
                  {"concurrency", yaml::integer(1, 64), "requests under way at once", false, "8"}}),
       "what the service bears"},
      {"retry",
       yaml::map({{"retries", yaml::integer(0, 100), "how often a request is repeated after passing trouble", false, "4"},
                  {"first_wait", yaml::of(Kind::Duration), "the wait before the first repetition; it doubles", false, "500ms"},
                  {"longest_wait", yaml::of(Kind::Duration), "the wait that it does not outgrow", false, "30s"}}),
       "how trouble is waited out; what the server asks for wins"},
  });
}

Form make_resources() {
  Form entries = yaml::key(table_form(), "resources").form;
  entries.parts.front().keys.push_back(
      {"like", yaml::text(1), "resource of the provider whose key, time of change, paging and answers it shares; without it the first"});
  return yaml::map({{"resources", entries, "the kinds of items, by names that you choose", true}});
}

}  // namespace

const yaml::Form& resources_form() {
  static const yaml::Form form = make_resources();
  return form;
}

const yaml::Form& table_form() {
  static const yaml::Form form = make_table();
  return form;
}

}  // namespace lockstep::rest
