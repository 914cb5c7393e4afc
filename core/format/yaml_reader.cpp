// From YAML text to a tree with places. yaml-cpp's events are taken as they come: aliases stay events and are never followed, so a file
// that multiplies itself costs nothing.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unordered_map>

#include "common/text.h"
#include "format/yaml.h"
#include "format/yaml_expand.h"

namespace lockstep::yaml {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 200'000;
constexpr std::uintmax_t kMaxBytes = 16 * 1024 * 1024;

constexpr std::string_view kOpenQuote = "illegal document indicator in scalar";

/// Ends the parse after the problem was told.
struct Abandoned {};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& shown, Problems& problems) : shown_(shown), problems_(problems) {}

  Node root;
  /// Where the last value or key stood.
  const Place& last() const { return last_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, Node::Kind::Null, "", {}); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) override {
    leaf(mark, anchor, Node::Kind::Scalar, tag, text);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.add(place(mark), "aliases (*name) are not supported; write the value out");
    leaf(mark, 0, Node::Kind::Null, "", {});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::Sequence);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::Map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    bool has_key = false;
    std::string key;
    Place key_place;
    std::unordered_map<std::string, int> lines;  ///< of the keys so far
  };

  Place place(const YAML::Mark& mark) const { return {shown_, mark.line + 1, mark.column + 1}; }

  Node make(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind, const std::string& tag) {
    Node node;
    node.kind = kind;
    node.place = place(mark);
    last_ = node.place;
    if (anchor != 0) problems_.add(node.place, "anchors (&name) are not supported; write the value where it is used");
    if (!tag.empty() && tag != "?" && tag != "!")
      problems_.add(node.place, "the tag " + in_quotes(tag) + " is not supported; write the plain value");
    if (++count_ > kMaxNodes) {
      problems_.add(node.place, "the file holds more than " + std::to_string(kMaxNodes) + " values");
      throw Abandoned();
    }
    return node;
  }

  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind, const std::string& tag, const std::string& text) {
    Node node = make(mark, anchor, kind, tag);
    node.scalar = text;
    node.quoted = tag == "!";
    add(std::move(node));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    Node node = make(mark, anchor, kind, tag);
    if (frames_.size() >= kMaxDepth) {
      problems_.add(node.place, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
      throw Abandoned();
    }
    frames_.push_back({std::move(node), false, {}, {}, {}});
  }

  void close() {
    Node node = std::move(frames_.back().node);
    frames_.pop_back();
    if (node.kind == Node::Kind::Map) {
      auto absent = std::make_shared<Node>();
      absent->place = node.place;
      node.absent = std::move(absent);
    }
    add(std::move(node));
  }

  void add(Node node) {
    if (frames_.empty()) {
      root = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == Node::Kind::Sequence) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      take_key(frame, node);
    } else {
      frame.has_key = false;
      add_member(frame, std::move(node));
    }
  }

  void take_key(Frame& frame, const Node& node) {
    frame.has_key = true;
    frame.key = node.scalar;
    frame.key_place = node.place;
    if (node.kind != Node::Kind::Scalar) problems_.add(node.place, "a key must be a plain text");
    if (node.kind == Node::Kind::Scalar && frame.key == "<<" && !node.quoted) {
      problems_.add(node.place, "merge keys (<<) are not supported; write the options out");
    }
  }

  void add_member(Frame& frame, Node node) {
    const auto [found, fresh] = frame.lines.emplace(frame.key, frame.key_place.line);
    if (!fresh) {
      problems_.add(frame.key_place, in_quotes(frame.key) + " is given twice; the first one is in line " + std::to_string(found->second));
      return;
    }
    frame.node.members.push_back({frame.key, frame.key_place, std::move(node)});
  }

  const std::string& shown_;
  Problems& problems_;
  std::vector<Frame> frames_;
  Place last_{shown_, 1, 1};
  std::size_t count_ = 0;
};

/// yaml-cpp's words for the mistakes that people make, in words that say what to do.
std::string clearer(const std::string& message) {
  static const std::array<std::pair<std::string_view, std::string_view>, 7> kWords{{
      {"end of sequence flow not found", "a list that starts with [ is not closed by ]"},
      {"end of map flow not found", "a map that starts with { is not closed by }; a value that holds ${…} needs quotes there"},
      {"end of map not found", "the indentation does not fit the map above, or a colon or a quote is missing"},
      {"end of sequence not found", "the indentation does not fit the list above"},
      {"illegal map value", "a second colon in one line, or a wrong indentation; put quotes around a value that holds \": \""},
      {"illegal block entry", "a list item (-) does not belong here; check the indentation"},
      {"unknown token", "a character that cannot start a value; put quotes around it"},
  }};
  for (const auto& [words, better] : kWords) {
    if (message == words) return std::string(better);
  }
  return message;
}

/// Tabs must not indent. yaml-cpp takes some of them and words the rest poorly.
bool find_tabs(std::string_view text, const std::string& shown, Problems& problems) {
  int line = 1;
  bool found = false;
  for (const std::string& row : split(text, '\n')) {
    const std::size_t indent = row.find_first_not_of(" \t\r");
    const std::size_t tab = row.find('\t');
    if (indent != std::string::npos && row[indent] != '#' && tab < indent) {
      problems.add({shown, line, static_cast<int>(tab) + 1}, "a tab indents this line; use spaces");
      found = true;
    }
    ++line;
  }
  return found;
}

/// False when the bytes are no text that YAML could be read from.
bool accept_encoding(std::string_view& text, const std::string& shown, Problems& problems) {
  const Place start{shown, 1, 1};
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    problems.add(start, "the file is UTF-16; save it as UTF-8");
    return false;
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    problems.warn(start, "the file starts with a byte-order mark, which is ignored; save it as UTF-8 without one");
    text.remove_prefix(3);
  }
  int line = 1;
  for (const std::string& row : split(text, '\n')) {
    if (!is_utf8(row)) {
      problems.add({shown, line, 1}, "this line is not valid UTF-8; save the file as UTF-8");
      return false;
    }
    ++line;
  }
  return true;
}

Node parse(std::string_view text, const std::string& shown, Problems& problems) {
  TreeBuilder builder(shown, problems);
  try {
    // Without the end marker yaml-cpp takes a quote that is never closed for one that ends with the file.
    std::istringstream in{std::string(text).append("\n...\n")};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder) || builder.root.kind == Node::Kind::Null) {
      problems.add({shown, 1, 1}, "the file is empty");
      return {};
    }
    TreeBuilder second(shown, problems);
    if (parser.HandleNextDocument(second)) problems.add(second.root.place, "a second document starts here; a file holds one");
  } catch (const YAML::Exception& error) {
    if (error.msg == kOpenQuote) {
      problems.add(builder.last(), "a quote that opens behind this is never closed");
      return {};
    }
    const Place place = error.mark.is_null() ? Place{shown, 1, 1} : Place{shown, error.mark.line + 1, error.mark.column + 1};
    problems.add(place, "not YAML: " + clearer(error.msg));
    return {};
  } catch (const Abandoned&) {
    return {};
  }
  return std::move(builder.root);
}

Node load(std::string_view text, const std::string& shown, const std::string& folder, const Environment& environment, Problems& problems) {
  if (!accept_encoding(text, shown, problems) || find_tabs(text, shown, problems)) return {};
  Node root = parse(text, shown, problems);
  expand(root, folder, environment, problems);
  return root;
}

}  // namespace

Node load_text(std::string_view text, const std::string& shown, const Environment& environment, Problems& problems) {
  return load(text, shown, {}, environment, problems);
}

Node load_file(const std::string& path, const std::string& shown, const Environment& environment, Problems& problems) {
  namespace fs = std::filesystem;
  const Place nowhere{shown, 0, 0};
  std::error_code failed;
  if (!fs::exists(path, failed)) {
    problems.add(nowhere, "the file does not exist");
    return {};
  }
  if (!fs::is_regular_file(path, failed) || fs::file_size(path, failed) > kMaxBytes) {
    problems.add(nowhere, "this is no regular file of at most 16 MiB");
    return {};
  }
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) {
    problems.add(nowhere, "the file cannot be read");
    return {};
  }
  return load(text, shown, fs::path(path).parent_path().string(), environment, problems);
}

}  // namespace lockstep::yaml
