// From Json trees to text, for programs and for people.
#include "format/escape.h"
#include "format/json.h"
#include "format/number.h"

namespace lockstep::json {
namespace {

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void value(const Json& json, std::size_t depth) {
    if (depth > kMaxDepth) throw Error(ErrorKind::Invalid, "a JSON value is nested too deep to be written");
    if (const Json::Object* object = json.object()) {
      container('{', '}', *object, depth, [&](const Json::Member& member) {
        append_literal(out, member.first);
        out += pretty_ ? ": " : ":";
        value(member.second, depth + 1);
      });
    } else if (const Json::Array* array = json.array()) {
      container('[', ']', *array, depth, [&](const Json& item) { value(item, depth + 1); });
    } else {
      scalar(json);
    }
  }

  std::string out;

 private:
  template <class Items, class Write>
  void container(char open, char close, const Items& items, std::size_t depth, const Write& write) {
    out += open;
    bool first = true;
    for (const auto& item : items) {
      if (!first) out += ',';
      first = false;
      new_line(depth);
      write(item);
    }
    if (!first) new_line(depth - 1);
    out += close;
  }

  void new_line(std::size_t depth) {
    if (!pretty_) return;
    out += '\n';
    out.append(2 * depth, ' ');
  }

  void scalar(const Json& json) {
    if (const bool* boolean = json.boolean())
      out += *boolean ? "true" : "false";
    else if (const std::int64_t* integer = json.integer())
      out += std::to_string(*integer);
    else if (const double* real = json.real())
      append_double(out, *real);
    else if (const Json::Verbatim* verbatim = json.verbatim())
      out += verbatim->digits;
    else if (const std::string* text = json.text())
      append_literal(out, *text);
    else
      out += "null";
  }

  bool pretty_;
};

std::string written(const Json& json, bool pretty) {
  Writer writer(pretty);
  writer.value(json, 1);
  return std::move(writer.out);
}

}  // namespace

std::string to_text(const Json& json) { return written(json, false); }

std::string to_pretty(const Json& json) { return written(json, true); }

std::string quote(std::string_view text) {
  std::string out;
  append_literal(out, text);
  return out;
}

}  // namespace lockstep::json
