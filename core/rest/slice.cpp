#include "rest/slice.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "data/record.h"
#include "format/escape.h"
#include "rest/place.h"

namespace lockstep::rest {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kPagePadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kMostProblems = 1000;
/// It has its place in addresses.
constexpr std::size_t kLongestIdentity = 4096;

[[noreturn]] void corrupt(std::string what, std::string hint = "check base_url, and whether something answers in its place") {
  throw Error(ErrorKind::Corrupt, std::move(what), std::move(hint));
}

std::string place_of(const SliceQuery& query) { return query.items.empty() ? "" : " at " + in_quotes(query.items); }

/// What a list's place holds instead of a list.
[[noreturn]] void no_list(const char* what, const SliceQuery& query) {
  corrupt("the answer has " + std::string(what) + place_of(query) + ", where " + (query.keyed ? "an object of items" : "a list") +
              " was expected",
          "look at `list` of the resource: `records` names the list's place, `empty` what else means that nothing is there, and `keyed` an "
          "object of items by identity");
}

const char* kind_of(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::object: return "an object";
    case ondemand::json_type::array: return "a list";
    case ondemand::json_type::string: return "a text";
    case ondemand::json_type::number: return "a number";
    case ondemand::json_type::boolean: return "a truth value";
    default: return "null";
  }
}

std::optional<bool> truth_of(ondemand::value value) {
  if (value.type() == ondemand::json_type::boolean) return bool(value.get_bool());
  const bool text = value.type() == ondemand::json_type::string;
  if (!text && value.type() != ondemand::json_type::number) return std::nullopt;
  const std::string_view word = text ? std::string_view(value.get_string()) : trim(value.raw_json_token());
  if (word == "true" || word == "1") return true;
  return word == "false" || word == "0" ? std::optional(false) : std::nullopt;
}

/// How an answer that is not what was asked for begins.
std::string beginning(std::string_view body) {
  if (trim(body).empty()) return "is empty";
  // Redacted as a whole, for half a secret is none that redact() would know.
  return "begins with " + std::string(1, '"') + printable(ellipsize(trim(redact(body)), 60)) + '"';
}

/// The text of a scalar as it stands in the body, without quotes; nullopt for what can be no identity.
std::optional<std::string_view> scalar_text(ondemand::value value, Arena& arena) {
  const ondemand::json_type type = value.type();
  const std::string_view token = trim(value.raw_json_token());
  if (type == ondemand::json_type::number)
    return token.find_first_of(".eE") == std::string_view::npos ? std::optional(token) : std::nullopt;
  if (type != ondemand::json_type::string || token.size() < 2) return std::nullopt;
  const std::string_view inner = token.substr(1, token.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner;
  // simdjson's own reading lets half a surrogate pair pass.
  char* const out = arena.allocate(token.size());
  char* const end = json::unescape(token, out);
  if (end == nullptr) return std::nullopt;
  return std::string_view(out, static_cast<std::size_t>(end - out));
}

std::optional<std::string_view> identity(ondemand::value value, const std::vector<std::string>& path, Arena& arena, bool& number) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    ondemand::value inner;
    if (value.type() != ondemand::json_type::object || value.find_field_unordered(path[i]).get(inner) != simdjson::SUCCESS)
      return std::nullopt;
    value = inner;
  }
  number = value.type() == ondemand::json_type::number;
  const auto text = scalar_text(value, arena);
  return text && !text->empty() ? text : std::nullopt;
}

/// From { to }. The walk itself does not compare kinds of brackets, so the last one is looked at.
std::string_view raw_text(ondemand::object& object) {
  const std::string_view raw = trim(std::string_view(object.raw_json()));
  if (!raw.ends_with('}')) corrupt("an item of the list has no end");
  return raw;
}

/// A name with its quotes, as it stands.
std::string_view raw_key(ondemand::raw_json_string key) {
  const char* end = key.raw();
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {key.raw() - 1, static_cast<std::size_t>(end - key.raw()) + 2};
}

class Walk {
 public:
  Walk(const SliceQuery& query, Arena& arena, Slice& out) : query_(query), arena_(arena), out_(out) {}

  /// What stands in the list's place. The value may be the whole document.
  template <class Node>
  void list(Node& node) {
    const ondemand::json_type type = node.type();
    if (type == ondemand::json_type::array && !query_.keyed) return array(node.get_array());
    if (type == ondemand::json_type::object && query_.keyed) return members(node.get_object());
    if (type == ondemand::json_type::null && query_.null_is_empty) return;
    no_list(kind_of(type), query_);
  }

  void array(ondemand::array elements) {
    for (ondemand::value element : elements) one(element, {});
  }

  void members(ondemand::object items) {
    for (ondemand::field member : items) {
      const std::string_view key = raw_key(member.key());
      one(member.value(), key);
    }
  }

  /// Beside the array: a scalar that paging asks for. What is of another type was not told.
  void token(ondemand::value value) {
    if (value.type() == ondemand::json_type::string) {
      out_.token = std::string_view(value.get_string());
    } else if (value.type() == ondemand::json_type::number) {
      out_.token = trim(value.raw_json_token());
    }
  }

  void more(ondemand::value value) { out_.more = truth_of(value); }

  static void number(ondemand::value value, std::optional<std::uint64_t>& out) {
    const bool text = value.type() == ondemand::json_type::string;
    if (!text && value.type() != ondemand::json_type::number) return;
    const std::string_view digits = text ? std::string_view(value.get_string()) : trim(value.raw_json_token());
    std::uint64_t read = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), read);
    if (result.ec == std::errc() && result.ptr == digits.data() + digits.size()) out = read;
  }

  void total(ondemand::value value) { number(value, out_.total); }
  void pages(ondemand::value value) { number(value, out_.pages); }

 private:
  /// `key`: the name of a member that is the item, quotes included; empty: an element of an array.
  void one(ondemand::value element, std::string_view key) {
    if (++out_.elements > query_.most_elements && query_.most_elements != 0) {
      corrupt("the answer holds more than " + std::to_string(query_.most_elements) + " items",
              "lower the provider's page_size, or raise its max_answer_mib");
    }
    if (element.type() != ondemand::json_type::object) return problem("is no object");
    item(element.get_object(), key);
  }

  void item(ondemand::object object, std::string_view key) {
    Item found;
    found.place = out_.elements;
    std::optional<std::string_view> id;
    bool named = false;
    bool time_seen = query_.time_field.empty();
    for (ondemand::field field : object) {
      const ondemand::raw_json_string name = field.key();
      if (!named && name.unsafe_is_equal(query_.key.front())) {
        named = true;
        id = identity(field.value(), query_.key, arena_, found.number);
        if (!id) break;
      } else if (!time_seen && name.unsafe_is_equal(query_.time_field)) {
        found.time = scalar_text(field.value(), arena_).value_or(std::string_view());
        time_seen = true;
      }
      if (named && time_seen) break;
    }
    found.raw = raw_text(object);
    if (!named && !key.empty()) id = put_in(key, found.raw);
    if (!id) return problem("has no " + query_.key.back());
    if (id->size() > kLongestIdentity)
      return problem("has an " + query_.key.back() + " of more than " + std::to_string(kLongestIdentity) + " bytes");
    found.id = *id;
    out_.items.push_back(found);
  }

  /// Gives an item the identity that its member's name tells.
  std::optional<std::string_view> put_in(std::string_view key, std::string_view& raw) {
    const std::string name = json::quote(query_.key.front());
    const std::string_view rest = trim(raw.substr(1));
    const std::string_view between = rest == "}" ? "" : ",";
    char* const copy = arena_.allocate(name.size() + key.size() + between.size() + rest.size() + 2 + kPagePadding);
    char* end = copy;
    for (const std::string_view part : {std::string_view("{"), std::string_view(name), std::string_view(":"), key, between, rest}) {
      end = std::copy(part.begin(), part.end(), end);
    }
    std::fill_n(end, kPagePadding, '\0');
    raw = {copy, static_cast<std::size_t>(end - copy)};
    char* const text = arena_.allocate(key.size());
    char* const text_end = json::unescape(key, text);
    if (text_end == nullptr || text_end == text) return std::nullopt;
    return std::string_view(text, static_cast<std::size_t>(text_end - text));
  }

  void problem(std::string what) {
    if (out_.problems.size() == kMostProblems) {
      ++out_.untold;
      return;
    }
    out_.problems.push_back("item " + std::to_string(out_.elements) + " of the answer " + std::move(what));
  }

  const SliceQuery& query_;
  Arena& arena_;
  Slice& out_;
};

/// What is looked for in an answer that is an object.
struct Wish {
  Steps steps;
  void (*take)(Walk&, ondemand::value);
};
using Wishes = std::vector<const Wish*>;

std::vector<Wish> wishes_of(const SliceQuery& query) {
  std::vector<Wish> wishes{{steps_of(query.items), [](Walk& walk, ondemand::value value) { walk.list(value); }}};
  const auto add = [&](const std::string& path, void (*take)(Walk&, ondemand::value)) {
    if (!path.empty()) wishes.push_back({steps_of(path), take});
  };
  add(query.token_field, [](Walk& walk, ondemand::value value) { walk.token(value); });
  add(query.more_field, [](Walk& walk, ondemand::value value) { walk.more(value); });
  add(query.total_field, [](Walk& walk, ondemand::value value) { walk.total(value); });
  add(query.pages_field, [](Walk& walk, ondemand::value value) { walk.pages(value); });
  return wishes;
}

/// Goes down only where a wish leads. True in `found` for the array.
void walk_object(ondemand::object members, std::size_t depth, const Wishes& wishes, const Wish& array, Walk& walk, bool& found) {
  for (ondemand::field member : members) {
    const ondemand::raw_json_string key = member.key();
    Wishes inside;
    for (const Wish* wish : wishes) {
      if (key.unsafe_is_equal(wish->steps[depth])) inside.push_back(wish);
    }
    if (inside.empty()) continue;
    ondemand::value value = member.value();
    const auto ends = [&](const Wish* wish) { return wish->steps.size() == depth + 1; };
    const auto here = std::find_if(inside.begin(), inside.end(), ends);
    if (here != inside.end()) {
      found = found || *here == &array;
      (*here)->take(walk, value);
    } else if (value.type() == ondemand::json_type::object) {
      walk_object(value.get_object(), depth + 1, inside, array, walk, found);
    }
  }
}

void walk_answer(ondemand::object members, const SliceQuery& query, Walk& walk, Slice& out) {
  const std::vector<Wish> wishes = wishes_of(query);
  Wishes all;
  for (const Wish& wish : wishes) all.push_back(&wish);
  bool found = false;
  walk_object(members, 0, all, wishes.front(), walk, found);
  if (found) return;
  if (!query.missing_is_empty)
    corrupt("the answer has no " + in_quotes(query.items), "check `records` and `empty` of the resource's list, and base_url");
  out.missing = true;
}

/// Sign-in pages and the like are told by how they begin.
void refuse_other_kinds(std::string_view body, const SliceQuery& query) {
  const std::string_view text = trim(body);
  const bool object = !query.items.empty() || query.keyed;
  if (!text.empty() && text.front() == (object ? '{' : '[')) return;
  corrupt(std::string("expected a JSON ") + (object ? "object" : "array") + ", but the answer " + beginning(body));
}

}  // namespace

struct Slicer::Parser {
  ondemand::parser parser;
};

Slicer::Slicer() : parser_(std::make_unique<Parser>()) {}
Slicer::~Slicer() = default;

void Slice::clear() {
  items.clear();
  elements = 0;
  missing = false;
  problems.clear();
  untold = 0;
  token.clear();
  more.reset();
  total.reset();
  pages.reset();
}

void Slicer::cut(std::string_view body, const SliceQuery& query, Arena& arena, Slice& out) {
  out.clear();
  if (query.items.empty() && query.null_is_empty && trim(body) == "null") return;
  refuse_other_kinds(body, query);
  try {
    ondemand::document document =
        parser_->parser.iterate(simdjson::padded_string_view(body.data(), body.size(), body.size() + kPagePadding));
    Walk walk(query, arena, out);
    if (query.items.empty()) {
      walk.list(document);
    } else {
      walk_answer(document.get_object(), query, walk, out);
    }
    if (out.untold > 0) out.problems.push_back("the same is wrong with " + std::to_string(out.untold) + " more items of the answer");
    // After a whole text there is nothing to point at.
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) corrupt("something follows the end of the answer");
  } catch (const simdjson::simdjson_error& error) {
    corrupt(std::string("the answer is no whole JSON text: ") + error.what());
  }
}

}  // namespace lockstep::rest
