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

[[noreturn]] void corrupt(std::string what) {
  throw Error(ErrorKind::Corrupt, std::move(what), "check base_url, and whether something answers in its place");
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

std::optional<std::string_view> identity(ondemand::value value, const std::vector<std::string>& path, Arena& arena) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    ondemand::value inner;
    if (value.type() != ondemand::json_type::object || value.find_field_unordered(path[i]).get(inner) != simdjson::SUCCESS)
      return std::nullopt;
    value = inner;
  }
  const auto text = scalar_text(value, arena);
  return text && !text->empty() ? text : std::nullopt;
}

/// From { to }. The walk itself does not compare kinds of brackets, so the last one is looked at.
std::string_view raw_text(ondemand::object& object) {
  const std::string_view raw = trim(std::string_view(object.raw_json()));
  if (!raw.ends_with('}')) corrupt("an item of the list has no end");
  return raw;
}

class Walk {
 public:
  Walk(const SliceQuery& query, Arena& arena, Slice& out) : query_(query), arena_(arena), out_(out) {}

  void array(ondemand::array elements) {
    for (ondemand::value element : elements) {
      ++out_.elements;
      if (element.type() == ondemand::json_type::object) {
        item(element.get_object());
      } else {
        problem("is no object");
      }
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

  void more(ondemand::value value) {
    if (value.type() == ondemand::json_type::boolean) out_.more = value.get_bool();
  }

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
  void item(ondemand::object object) {
    Item found;
    std::optional<std::string_view> id;
    bool time_seen = query_.time_field.empty();
    for (ondemand::field field : object) {
      const ondemand::raw_json_string key = field.key();
      if (!id && key.unsafe_is_equal(query_.key.front())) {
        id = identity(field.value(), query_.key, arena_);
        if (!id) break;
      } else if (!time_seen && key.unsafe_is_equal(query_.time_field)) {
        found.time = scalar_text(field.value(), arena_).value_or(std::string_view());
        time_seen = true;
      }
      if (id && time_seen) break;
    }
    found.raw = raw_text(object);
    if (!id) return problem("has no " + query_.key.back());
    found.id = *id;
    out_.items.push_back(found);
  }

  void problem(std::string what) { out_.problems.push_back("item " + std::to_string(out_.elements) + " of the answer " + std::move(what)); }

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
  std::vector<Wish> wishes{{steps_of(query.items), [](Walk& walk, ondemand::value value) { walk.array(value.get_array()); }}};
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

void walk_answer(ondemand::object members, const SliceQuery& query, Walk& walk) {
  const std::vector<Wish> wishes = wishes_of(query);
  Wishes all;
  for (const Wish& wish : wishes) all.push_back(&wish);
  bool found = false;
  walk_object(members, 0, all, wishes.front(), walk, found);
  if (!found) corrupt("the answer has no \"" + query.items + "\"");
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
  problems.clear();
  token.clear();
  more.reset();
  total.reset();
  pages.reset();
}

void Slicer::cut(std::string_view body, const SliceQuery& query, Arena& arena, Slice& out) {
  out.clear();
  const char* expected = query.items.empty() ? "a JSON array" : "a JSON object";
  const std::string_view text = trim(body);
  if (text.empty() || text.front() != (query.items.empty() ? '[' : '{'))
    corrupt(std::string("expected ") + expected + ", but the answer " + beginning(body));
  try {
    ondemand::document document =
        parser_->parser.iterate(simdjson::padded_string_view(body.data(), body.size(), body.size() + kPagePadding));
    Walk walk(query, arena, out);
    if (query.items.empty()) {
      walk.array(document.get_array());
    } else {
      walk_answer(document.get_object(), query, walk);
    }
    // After a whole text there is nothing to point at.
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) corrupt("something follows the end of the answer");
  } catch (const simdjson::simdjson_error& error) {
    corrupt(std::string("the answer is no whole JSON text: ") + error.what());
  }
}

}  // namespace lockstep::rest
