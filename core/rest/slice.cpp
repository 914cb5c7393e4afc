#include "rest/slice.h"

#include <simdjson.h>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "data/record.h"
#include "format/escape.h"

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

  void token(ondemand::value value) {
    if (value.type() == ondemand::json_type::string) out_.token = std::string_view(value.get_string());
  }

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

void walk_object(ondemand::object members, const SliceQuery& query, Walk& walk) {
  bool found = false;
  for (ondemand::field member : members) {
    const ondemand::raw_json_string key = member.key();
    if (key.unsafe_is_equal(query.items)) {
      walk.array(member.value().get_array());
      found = true;
    } else if (!query.token_field.empty() && key.unsafe_is_equal(query.token_field)) {
      walk.token(member.value());
    }
  }
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
      walk_object(document.get_object(), query, walk);
    }
    // After a whole text there is nothing to point at.
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) corrupt("something follows the end of the answer");
  } catch (const simdjson::simdjson_error& error) {
    corrupt(std::string("the answer is no whole JSON text: ") + error.what());
  }
}

}  // namespace lockstep::rest
