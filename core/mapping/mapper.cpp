// Documents → rows, in one walk: every value is validated, canonicalised on the way where a JSON column wants it, and met by its fields.
#include <algorithm>
#include <utility>

#include "common/error.h"
#include "format/canonical.h"
#include "format/escape.h"
#include "format/json.h"
#include "format/number.h"
#include "mapping/convert.h"
#include "mapping/mapping.h"
#include "mapping/transform.h"
#include "mapping/trie.h"

namespace lockstep {
namespace {

constexpr std::uint64_t bit(std::size_t index) { return std::uint64_t{1} << index; }

/// The key says which record it is, and without a required value the row would be refused.
bool may_be_unknown(const Field& field, std::size_t ordinal) { return ordinal != 0 && !field.required; }

bool needs_hook(const Field& field) {
  return std::any_of(field.transforms.begin(), field.transforms.end(),
                     [](const std::string& name) { return !transform::is_builtin(name); });
}

}  // namespace

struct Mapper::State {
  /// A field met inside an array element that may turn out not to be the selected one.
  struct Pending {
    std::size_t ordinal = 0;
    Value value;
    std::string problem;
    bool costs_record = true;  ///< of the problem
  };

  /// The array that is being walked: which of its ways in the present element has met, and which are used up.
  struct Frame {
    TrieNode* array = nullptr;
    std::uint64_t met = 0;
    std::uint64_t done = 0;
  };

  const Mapping& mapping;
  Transformer transformer;
  std::unique_ptr<TrieNode> trie;
  json::Tokens tokens;
  json::CanonicalWriter writer{tokens};
  std::vector<std::size_t> to_complete;  ///< fields with a default or `required`
  std::vector<std::size_t> whole;        ///< fields that hold the document itself
  std::vector<std::string_view> names;   ///< literals of the top-level keys
  std::vector<std::string> unmapped;
  std::vector<std::size_t> mismatched;
  std::vector<FieldProblem> unread;
  std::uint64_t record = 0;
  std::vector<std::uint64_t> met_in, met_other_in;  ///< per field: the last record that held its member

  std::span<Value> row;
  Arena* arena = nullptr;
  std::vector<FieldProblem> problems;
  std::vector<Frame> frames;
  std::vector<Pending> pending;
  std::string name;  ///< of a member whose literal holds escapes

  State(const Mapping& of, Transformer with)
      : mapping(of), transformer(std::move(with)), trie(make_trie(of)), met_in(of.fields().size(), 0), met_other_in(of.fields().size(), 0) {
    for (std::size_t i = 0; i < of.fields().size(); ++i) {
      if (of.fields()[i].required || of.fields()[i].fallback) to_complete.push_back(i);
      if (of.fields()[i].whole) whole.push_back(i);
    }
  }

  std::vector<FieldProblem> map(std::string_view raw, std::span<Value> into, Arena& bytes);

 private:
  void walk_record();
  void walk(TrieNode* node, std::size_t depth);
  bool walk_object(TrieNode* node, std::size_t depth);
  void walk_array(TrieNode* node, std::size_t depth);
  void begin_element(TrieNode* node, std::size_t index);
  void end_element(std::size_t first_pending);
  void test(const TrieNode& node, std::string_view token);
  std::string_view unescaped(std::string_view literal);
  void meet(std::size_t ordinal, std::string_view token, std::size_t begin);
  void put(Pending& met);
  void reach(const TrieNode& node, std::string_view token, std::size_t begin);
  bool counts_as_other(std::size_t ordinal);
  void note_met(std::size_t ordinal);
  Value natural(const Field& field, std::string_view token, std::size_t begin);
  Value transformed(const Field& field, Value value);
  void complete();
  void refuse_unknown_twins();
};

std::vector<FieldProblem> Mapper::State::map(std::string_view raw, std::span<Value> into, Arena& bytes) {
  row = into;
  arena = &bytes;
  problems.clear();
  frames.clear();
  pending.clear();
  names.clear();
  unmapped.clear();
  mismatched.clear();
  unread.clear();
  writer.clear();
  ++record;
  std::fill(row.begin(), row.end(), Value::null());
  tokens.open(raw);
  walk_record();
  complete();
  for (const std::size_t ordinal : whole) row[ordinal] = Value::json(arena->copy(json::canonical(raw)));
  return std::exchange(problems, {});
}

void Mapper::State::walk_record() {
  if (!tokens.skip('{')) tokens.fail("a record must be an object");
  if (!tokens.skip('}')) {
    do {
      names.push_back(tokens.key());
      const std::string_view key = unescaped(names.back());
      TrieNode* node = trie->find(key);
      if (node == nullptr || !node->mapped) {
        unmapped.emplace_back(key);
        mapping.names().met_unmapped(key);
      }
      if (node == nullptr) {
        // Twins among keys without a node are refused at the end.
      } else if (std::exchange(node->seen, record) == record) {
        tokens.fail("the record holds a key twice");
      }
      walk(node, 2);
      writer.clear();
    } while (tokens.more('}'));
  }
  tokens.finish();
  refuse_unknown_twins();
}

/// The written form of a value stays in the writer, for the object around it, until its top-level key is done.
void Mapper::State::walk(TrieNode* node, std::size_t depth) {
  if (node == nullptr) return writer.value(depth);
  const std::size_t begin = writer.text().size();
  const char first = tokens.peek();
  std::string_view token;
  if (first == '{' && !node->children.empty()) {
    if (!walk_object(node, depth)) return;
  } else if (first == '[' && node->element) {
    walk_array(node, depth);
  } else if (first == '{' || first == '[') {
    writer.value(depth);
  } else {
    token = writer.scalar();
  }
  if (!node->tests.empty()) test(*node, token);
  reach(*node, token, begin);
}

/// What stands at the end of a path: a value, or null, which fills nothing but is there.
void Mapper::State::reach(const TrieNode& node, std::string_view token, std::size_t begin) {
  for (const std::size_t ordinal : node.fields) {
    note_met(ordinal);
    if (token != "null") meet(ordinal, token, begin);
  }
  for (const std::size_t ordinal : node.others) {
    if (counts_as_other(ordinal) && token != "null") meet(ordinal, token, begin);
  }
}

/// The first spelling wins over what the other one has said of this record already.
void Mapper::State::note_met(std::size_t ordinal) {
  mapping.names().met(ordinal);
  met_in[ordinal] = record;
  if (met_other_in[ordinal] != record) return;
  mapping.names().met_both(ordinal);
  row[ordinal] = Value::null();
  std::erase_if(problems, [&](const FieldProblem& one) { return one.ordinal == ordinal; });
  std::erase(mismatched, ordinal);
}

bool Mapper::State::counts_as_other(std::size_t ordinal) {
  met_other_in[ordinal] = record;
  if (met_in[ordinal] == record) mapping.names().met_both(ordinal);
  if (mapping.names().are_two(ordinal)) return false;
  mapping.names().met_other(ordinal);
  return true;
}

/// False when there is nothing in it but a marker: then it stands for nothing.
bool Mapper::State::walk_object(TrieNode* node, std::size_t depth) {
  if (depth > json::kMaxDepth) tokens.fail("the nesting is too deep");
  tokens.skip('{');
  auto object = writer.open_object();
  bool dropped = false;
  if (!tokens.skip('}')) {
    do {
      TrieNode* const member = node->find(unescaped(writer.key(object)));
      walk(member, depth + 1);
      if (member != nullptr && member->hidden) {
        writer.drop_member(object);
        dropped = true;
      }
    } while (tokens.more('}'));
  }
  const bool holds_something = !dropped || !writer.is_empty(object);
  writer.close_object(object);
  return holds_something;
}

void Mapper::State::walk_array(TrieNode* node, std::size_t depth) {
  if (depth > json::kMaxDepth) tokens.fail("the nesting is too deep");
  tokens.skip('[');
  writer.open_array();
  frames.push_back({node, 0, 0});
  std::size_t index = 0;
  if (!tokens.skip(']')) {
    do {
      const std::size_t first = pending.size();
      begin_element(node, index++);
      walk(node->element.get(), depth + 1);
      end_element(first);
      writer.element_done();
    } while (tokens.more(']'));
  }
  frames.pop_back();
  writer.close_array();
}

void Mapper::State::begin_element(TrieNode* node, std::size_t index) {
  std::uint64_t met = 0;
  for (std::size_t i = 0; i < node->entries.size(); ++i) {
    if (node->entries[i].by_index && node->entries[i].index == index) met |= bit(i);
  }
  frames.back().met = met;
}

/// Keeps what the ways in that were met lead to; hands it to the array around, or to the row.
void Mapper::State::end_element(std::size_t first_pending) {
  Frame& frame = frames.back();
  const std::uint64_t fresh = frame.met & ~frame.done;
  frame.done |= fresh;
  const auto wanted = [&](const Pending& one) {
    for (std::size_t i = 0; i < frame.array->entries.size(); ++i) {
      const auto& ordinals = frame.array->entries[i].ordinals;
      if ((fresh & bit(i)) != 0 && std::find(ordinals.begin(), ordinals.end(), one.ordinal) != ordinals.end()) return true;
    }
    return false;
  };
  const auto begin = pending.begin() + static_cast<std::ptrdiff_t>(first_pending);
  pending.erase(std::remove_if(begin, pending.end(), [&](const Pending& one) { return !wanted(one); }), pending.end());
  if (frames.size() > 1) return;
  for (Pending& one : pending) {
    put(one);
  }
  pending.clear();
}

void Mapper::State::test(const TrieNode& node, std::string_view token) {
  if (token.empty() || token.front() != '"') return;
  std::string text;
  const std::string_view plain =
      json::is_plain(token) ? json::body_of(token) : (json::append_unescaped(text, token), std::string_view(text));
  for (const TrieNode::Test& one : node.tests) {
    if (one.value == plain) frames.back().met |= bit(one.entry);
  }
}

std::string_view Mapper::State::unescaped(std::string_view literal) {
  if (json::is_plain(literal)) return json::body_of(literal);
  name.clear();
  if (!json::append_unescaped(name, literal)) tokens.fail_at(literal, "a name holds a bad escape");
  return name;
}

void Mapper::State::meet(std::size_t ordinal, std::string_view token, std::size_t begin) {
  const Field& field = mapping.fields()[ordinal];
  std::string problem;
  std::optional<Value> cell;
  try {
    Value value = natural(field, token, begin);
    if (!field.transforms.empty()) value = transformed(field, value);
    cell = convert(field, value, *arena, problem);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Rejected) throw;
    problem = error.message();
  }
  // What a hook refuses or spoils costs the record; only a value that the document itself has of another type is told by its parent.
  if (!problem.empty() && is_told_by_parent(field) && !needs_hook(field)) {
    mismatched.push_back(ordinal);
    problem.clear();
  }
  // One optional value that the column cannot take is unknown, and never costs the record.
  const bool unknown = !problem.empty() && may_be_unknown(field, ordinal) && !needs_hook(field);
  if (!problem.empty()) problem = field.column + ": " + problem;
  Pending met{ordinal, unknown ? Value() : cell.value_or(Value::null()), std::move(problem), !unknown};
  if (!frames.empty()) {
    pending.push_back(std::move(met));
  } else {
    put(met);
  }
}

void Mapper::State::put(Pending& met) {
  row[met.ordinal] = met.value;
  if (!met.problem.empty()) (met.costs_record ? problems : unread).push_back({met.ordinal, std::move(met.problem)});
}

/// The value as the document has it; for a JSON column without transforms its canonical text at once. `token` is empty for an object or
/// array.
Value Mapper::State::natural(const Field& field, std::string_view token, std::size_t begin) {
  const std::string_view written = std::string_view(writer.text()).substr(begin);
  if (token.empty() || (field.type == FieldType::Json && field.transforms.empty())) return Value::json(arena->copy(written));
  switch (token.front()) {
    case '"': {
      if (json::is_plain(token)) return Value::text(json::body_of(token));
      char* const out = arena->allocate(token.size());
      char* const end = json::unescape(token, out);
      if (end == nullptr) throw Error(ErrorKind::Rejected, "expected a text, not one with half a surrogate pair");
      return Value::text({out, static_cast<std::size_t>(end - out)});
    }
    case 't': return Value::boolean(true);
    case 'f': return Value::boolean(false);
    default: break;
  }
  if (const auto integer = json::plain_integer(token)) return Value::integer(*integer);
  if (const auto real = json::exact_double(token)) return Value::real(*real);
  return Value::number(token);
}

Value Mapper::State::transformed(const Field& field, Value value) {
  for (const std::string& one : field.transforms) {
    value = transform::is_builtin(one) ? transform::forward(one, value, *arena) : transformer(one, value, *arena);
  }
  return value;
}

void Mapper::State::complete() {
  for (const std::size_t ordinal : to_complete) {
    const Field& field = mapping.fields()[ordinal];
    if (!row[ordinal].is_nothing()) continue;
    const auto is_of_field = [&](const FieldProblem& one) { return one.ordinal == ordinal; };
    const bool refused =
        std::any_of(problems.begin(), problems.end(), is_of_field) || std::any_of(unread.begin(), unread.end(), is_of_field);
    if (refused) continue;
    if (field.fallback)
      row[ordinal] = cell_of(field, *field.fallback, *arena);
    else
      problems.push_back({ordinal, field.column + ": is required and " + field.from.text() + " is missing"});
  }
}

void Mapper::State::refuse_unknown_twins() {
  if (unmapped.size() < 2) return;
  std::vector<std::string_view> sorted(unmapped.begin(), unmapped.end());
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) tokens.fail("the record holds a key twice");
}

Mapper::Mapper(const Mapping& mapping, Transformer transformer) : state_(std::make_unique<State>(mapping, std::move(transformer))) {}
Mapper::~Mapper() = default;
Mapper::Mapper(Mapper&&) noexcept = default;

std::vector<FieldProblem> Mapper::map(std::string_view raw, std::span<Value> row, Arena& arena) { return state_->map(raw, row, arena); }

const std::vector<std::string>& Mapper::unmapped() const { return state_->unmapped; }

const std::vector<std::size_t>& Mapper::mismatched() const { return state_->mismatched; }

const std::vector<FieldProblem>& Mapper::unread() const { return state_->unread; }

const std::vector<std::string_view>& Mapper::names() const { return state_->names; }

}  // namespace lockstep
