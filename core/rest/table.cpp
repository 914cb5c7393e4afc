// From the YAML tree to a RestSpec. The form has found every mistake of shape; here the shapes are read, and what they cannot say is
// checked.
#include "rest/table.h"

#include <algorithm>
#include <array>
#include <functional>

#include "common/text.h"
#include "http/url.h"

namespace lockstep::rest {
namespace {

using yaml::Node;
using yaml::Place;
using yaml::Problems;

template <class Value>
using Words = std::vector<std::pair<std::string_view, Value>>;

template <class Value>
Value word(const Node& node, const Words<Value>& words, Value fallback) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& each) { return each.first == node.scalar; });
  return found == words.end() ? fallback : found->second;
}

std::vector<std::string> texts(const Node& list) {
  std::vector<std::string> out;
  for (const Node& item : list.items) out.push_back(item.scalar);
  return out;
}

bool is_true(const Node& node) { return node.scalar == "true"; }

/// Of a tree that has passed the form.
class Reader {
 public:
  Reader(TablePlaces places, Problems& problems) : places_(std::move(places)), problems_(problems) {}

  RestSpec read(const Node& root) {
    RestSpec spec;
    spec.label = root["label"].scalar;
    spec.base_url = filled(root["base_url"]);
    spec.auth = auth(root["auth"]);
    for (const Node::Member& member : root["headers"].members) spec.headers.emplace_back(member.key, header(member.value));
    for (const Node::Member& member : root["resources"].members) spec.resources.push_back(resource(member));
    check_references(root, spec);
    spec.check = root["check"] ? filled(root["check"]) : spec.resources.empty() ? "" : spec.resources.front().list.path;
    spec.errors = errors(root["errors"]);
    spec.limits = limits(root);
    return spec;
  }

  /// Of a tree of more resources.
  void add(const Node& root, RestSpec& spec) {
    const std::size_t own = spec.resources.size();
    for (const Node::Member& member : root["resources"].members) {
      const bool taken = std::any_of(spec.resources.begin(), spec.resources.end(),
                                     [&](const RestResource& known) { return known.resource.name == member.key; });
      if (taken) problems_.add(member.place, spec.label + " has a resource " + in_quotes(member.key) + " already");
      if (const RestResource* model = model_of(member.value, spec, own))
        spec.resources.push_back(taking_after(*model, resource(member), member.value));
    }
    check_references(root, spec);
  }

 private:
  /// The resource that `like` names among the first `own`; nullptr, with a problem, when there is none.
  const RestResource* model_of(const Node& node, const RestSpec& spec, std::size_t own) {
    if (own == 0) return nullptr;
    if (!node["like"]) return &spec.resources.front();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < own; ++i) {
      names.push_back(spec.resources[i].resource.name);
      if (names.back() == node["like"].scalar) return &spec.resources[i];
    }
    problems_.add(node["like"].place,
                  spec.label + " has no resource \"" + printable(node["like"].scalar) + "\"" + did_you_mean(node["like"].scalar, names));
    return nullptr;
  }

  static RestResource taking_after(const RestResource& model, RestResource out, const Node& node) {
    if (!node["key"]) out.resource.key = model.resource.key;
    if (!node["modified"]) out.resource.modified = model.resource.modified;
    if (!node["record"]) out.record = model.record;
    if (!node["created"]) out.created = model.created;
    if (!node["wrap"]) out.wrap = model.wrap;
    if (node["update"].kind != Node::Kind::Map) out.update_method = model.update_method;
    const ListSpec said = out.list;
    if (!node["list"]["paging"]) out.list = model.list;
    out.list.path = said.path;
    out.list.items = node["list"]["records"] ? said.items : model.list.items;
    out.list.keyed = node["list"]["keyed"] ? said.keyed : model.list.keyed;
    if (node["list"]["empty"]) {
      out.list.null_is_empty = said.null_is_empty;
      out.list.missing_is_empty = said.missing_is_empty;
    }
    return out;
  }

  /// The text with its places filled in. `missing` is told which of them has nothing.
  std::string fill(const std::string& text, const std::function<void(const std::string&)>& missing) const {
    std::string out = text;
    const std::array<std::pair<std::string, const std::string*>, 3> places{
        {{"account", &places_.account}, {"organization", &places_.organization}, {"project", &places_.project}}};
    for (const auto& [name, value] : places) {
      if (out.find("{" + name + "}") == std::string::npos) continue;
      if (value->empty()) missing(name);
      out = replace_all(std::move(out), "{" + name + "}", *value);
    }
    return out;
  }

  std::string filled(const Node& node) {
    return fill(node.scalar, [&](const std::string& name) {
      problems_.add(node.place, "{" + name + "} has no value; give the option \"" + name + "\" in the configuration");
    });
  }

  /// A header that lacks its value is left out.
  std::string header(const Node& node) const {
    bool whole = true;
    std::string text = fill(node.scalar, [&](const std::string&) { whole = false; });
    return whole ? text : std::string();
  }

  AuthSpec auth(const Node& node) {
    static const Words<AuthStyle> kStyles{{"none", AuthStyle::None},
                                          {"bearer", AuthStyle::Bearer},
                                          {"header", AuthStyle::Header},
                                          {"basic", AuthStyle::Basic},
                                          {"query", AuthStyle::Query}};
    AuthSpec auth{word(node["style"], kStyles, AuthStyle::None), node["name"].scalar, node["variable"].scalar};
    auth.prefix = node["prefix"].scalar;
    auth.user = filled(node["user"]);
    return auth;
  }

  /// The address of one item must say where the identity goes, and that of all must not.
  std::string address(const Node& node, bool one) {
    const bool names = node.scalar.find("{id}") != std::string::npos || node.scalar.find("{+id}") != std::string::npos;
    if (node && names != one)
      problems_.add(node.place, one ? "the address of one item needs {id}" : "{id} belongs to the address of one item");
    return filled(node);
  }

  ListSpec list(const Node& node) {
    ListSpec list;
    list.path = address(node["path"], false);
    list.items = node["records"].scalar;
    list.keyed = is_true(node["keyed"]);
    for (const Node& word : node["empty"].items) {
      const bool null = word.kind == Node::Kind::Null || word.scalar == "null";
      if (!null && word.scalar != "missing") problems_.add(word.place, "empty: expected null or missing");
      (null ? list.null_is_empty : list.missing_is_empty) = true;
    }
    if (list.missing_is_empty && list.items.empty()) problems_.add(node["empty"].place, "empty: [missing] needs \"records\"");
    if (node["paging"]) read_paging(node["paging"], list);
    return list;
  }

  /// The identity that a member's name tells is put into the item itself.
  void check_keyed(const Node& node, const std::string& key) {
    if (!is_true(node["keyed"]) || key.find_first_of(".[\"'\\") == std::string::npos) return;
    problems_.add(node["keyed"].place, "keyed needs a key that is a plain member of the item itself");
  }

  void read_paging(const Node& node, ListSpec& list) {
    static const Words<Paging> kStyles{{"none", Paging::None},
                                       {"token", Paging::PageToken},
                                       {"link", Paging::Link},
                                       {"last_id", Paging::LastId},
                                       {"page", Paging::PageNumber},
                                       {"offset", Paging::Offset},
                                       {"created_at", Paging::TimeCursor}};
    list.paging = word(node["style"], kStyles, Paging::None);
    list.limit_parameter = node["limit"].scalar;
    list.page_size = size(node["size"], 100);
    list.page_size_cap = std::max(list.page_size, size(node["most"], list.page_size));
    if (node["most"] && size(node["most"], 0) < list.page_size) problems_.add(node["most"].place, "most is less than size");
    list.token_parameter = node["parameter"].scalar;
    list.token_field = node["token"].scalar;
    list.token_header = node["token_header"].scalar;
    list.first_page = size(node["first"], 1);
    list.more_ends = bool(node["done"]);
    list.more_field = (list.more_ends ? node["done"] : node["more"]).scalar;
    if (node["more"] && node["done"]) problems_.add(node["done"].place, "done says the opposite of \"more\"; give one of them");
    list.last_again = is_true(node["again"]);
    list.total_field = node["total"].scalar;
    list.total_header = node["total_header"].scalar;
    list.pages_field = node["pages"].scalar;
    list.time_field = node["field"].scalar;
    list.not_after_parameter = node["not_after"].scalar;
    list.not_before_parameter = node["not_before"].scalar;
    if (list.paging == Paging::PageToken && list.token_field.empty() && list.token_header.empty()) {
      problems_.add(node.place, "paging lacks \"token\" or \"token_header\"");
    }
  }

  std::size_t size(const Node& node, std::size_t fallback) {
    Problems told;
    const auto value = yaml::as_integer(node, told);
    return value && *value >= 0 ? static_cast<std::size_t>(*value) : fallback;
  }

  RestResource resource(const Node::Member& member) {
    const Node& node = member.value;
    RestResource out;
    Resource& resource = out.resource;
    resource.name = member.key;
    if (node["key"]) resource.key = node["key"].scalar;
    if (node["label"]) resource.label = node["label"].scalar;
    resource.account = node["account"].scalar;
    resource.modified = node["modified"].scalar;
    resource.read_only = texts(node["read_only"]);
    resource.write_only = texts(node["write_only"]);
    resource.secret = texts(node["secret"]);
    resource.legacy = texts(node["legacy"]);
    resource.merged = texts(node["merge"]);
    resource.known = texts(node["known"]);
    resource.marker = node["marker"].scalar;
    if (node["settles"]) resource.settles = parse_duration(node["settles"].scalar).value_or(Millis{0});
    resource.names = node["names"].scalar;
    for (const Node::Member& flag : node["secret_flags"].members) resource.secret_flags.push_back({flag.key, flag.value.scalar});
    for (const Node::Member& reference : node["references"].members) resource.references.push_back({reference.key, reference.value.scalar});
    out.list = list(node["list"]);
    check_keyed(node["list"], resource.key);
    for (const Node& item : node["joins"].items) out.joins.push_back(join(item));
    read_addresses(node, out);
    return out;
  }

  void read_addresses(const Node& node, RestResource& out) {
    out.item = address(node["get"], true);
    out.create = address(node["create"], false);
    const Node& update = node["update"];
    const bool map = update.kind == Node::Kind::Map;
    out.update = address(map ? update["path"] : update, true);
    if (map && update["method"].scalar == "POST") out.update_method = http::Method::Post;
    out.record = node["record"].scalar;
    out.created = node["created"].scalar;
    out.detail = node["detail"].scalar == "get";
    if (out.detail && out.item.empty()) problems_.add(node["detail"].place, "detail: get needs \"get\"");
    if (out.detail && !out.joins.empty()) problems_.add(node["detail"].place, "detail: get and \"joins\" exclude each other");
    out.wrap = node["wrap"].scalar;
    out.resource.can_create = !out.create.empty();
    out.resource.can_update = !out.update.empty();
    if (out.resource.can_update && out.item.empty()) {
      problems_.add(update.place, "update needs \"get\": what is changed is read first");
    }
    if (!out.joins.empty() && (out.resource.can_create || out.resource.can_update)) {
      problems_.add(node["joins"].place, "what is put together from several lists cannot be written");
    }
  }

  JoinSpec join(const Node& node) {
    JoinSpec join;
    join.list = list(node);
    join.key = node["key"].scalar;
    join.item = address(node["get"], true);
    join.optional = is_true(node["optional"]);
    join.adds = is_true(node["adds"]);
    return join;
  }

  void check_references(const Node& root, const RestSpec& spec) {
    std::vector<std::string> names;
    for (const RestResource& resource : spec.resources) names.push_back(resource.resource.name);
    for (const Node::Member& member : root["resources"].members) {
      for (const Node::Member& reference : member.value["references"].members) {
        const std::string& name = reference.value.scalar;
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        problems_.add(reference.value.place, "no entry " + in_quotes(name) + " under resources" + did_you_mean(name, names));
      }
    }
  }

  ErrorSpec errors(const Node& node) {
    ErrorSpec errors;
    if (node["message"]) errors.message_paths = texts(node["message"]);
    errors.credentials_hint = node["hint"].scalar;
    for (const Node& item : node["rules"].items) errors.rules.push_back(rule(item));
    errors.wait_members = texts(node["wait"]["members"]);
    errors.wait_headers = texts(node["wait"]["headers"]);
    errors.repeat_header = node["repeat_header"].scalar;
    return errors;
  }

  ErrorRule rule(const Node& node) {
    static const Words<ErrorKind> kKinds{{"credentials", ErrorKind::Credentials},
                                         {"rate_limited", ErrorKind::RateLimited},
                                         {"unreachable", ErrorKind::Unreachable},
                                         {"rejected", ErrorKind::Rejected},
                                         {"not_found", ErrorKind::NotFound}};
    if (!node["status"] && !node["member"] && !node["contains"]) {
      problems_.add(node.place, "a rule needs \"status\", \"member\" or \"contains\": this one would fit every refusal");
    }
    ErrorRule rule;
    rule.status = static_cast<int>(size(node["status"], 0));
    rule.contains = node["contains"].scalar;
    rule.kind = word(node["kind"], kKinds, ErrorKind::Rejected);
    rule.message = node["message"].scalar;
    rule.hint = node["hint"].scalar;
    rule.final = is_true(node["final"]);
    rule.member = node["member"].scalar;
    rule.equals = node["equals"].scalar;
    return rule;
  }

  LimitSpec limits(const Node& root) {
    const auto duration = [](const Node& node) { return node ? parse_duration(node.scalar) : std::optional<Millis>(); };
    Problems told;
    LimitSpec limits;
    limits.rate = yaml::as_real(root["limits"]["rate"], told).value_or(10);
    limits.concurrency = size(root["limits"]["concurrency"], 8);
    limits.retries = static_cast<int>(size(root["retry"]["retries"], 4));
    limits.first_wait = duration(root["retry"]["first_wait"]);
    limits.longest_wait = duration(root["retry"]["longest_wait"]);
    return limits;
  }

  TablePlaces places_;
  Problems& problems_;
};

/// A file without variables.
Node load_plain(const std::string& path, Problems& problems) {
  const auto none = [&](std::string_view name) -> std::optional<std::string> {
    problems.add(Place{path, 0, 0}, "${" + printable(name) +
                                        "}: a table reads no variables; give the value as an option in the configuration "
                                        "and write {account}, {organization} or {project} here");
    return std::string();
  };
  return yaml::load_file(path, path, none, problems);
}

}  // namespace

RestSpec read_table(const Node& root, const TablePlaces& places, Problems& problems) {
  if (!root) return {};
  yaml::check(root, table_form(), "the table", problems);
  if (root.kind != Node::Kind::Map) return {};
  return Reader(places, problems).read(root);
}

void add_resources(const Node& root, RestSpec& spec, Problems& problems) {
  if (!root) return;
  const std::size_t before = problems.errors().size();
  yaml::check(root, resources_form(), "the file", problems);
  if (problems.errors().size() == before) Reader({}, problems).add(root, spec);
}

void load_resources(const std::string& path, RestSpec& spec) {
  Problems problems;
  const Node root = load_plain(path, problems);
  add_resources(root, spec, problems);
  problems.raise();
}

RestSpec load_table(const std::string& path, const TablePlaces& places) {
  Problems problems;
  const Node root = load_plain(path, problems);
  RestSpec spec = read_table(root, places, problems);
  problems.raise();
  return spec;
}

}  // namespace lockstep::rest
