// RestSpec: an HTTP provider as a table: endpoints, paging, authorization and errors as data. A plugin fills it in, or a YAML file does
// (table.h); RestProvider runs it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/time.h"
#include "data/resource.h"
#include "http/retry.h"

namespace lockstep::rest {

// Paths into answers are spelled as a Path: a name that holds a dot is quoted, "@odata.nextLink" (place.h).

enum class AuthStyle {
  None,
  Bearer,  ///< Authorization: Bearer KEY
  Header,  ///< NAME: PREFIX KEY
  Basic,   ///< Authorization: Basic, of USER:KEY
  Query,   ///< ?NAME=KEY: a last resort, for addresses end up in logs of others
};

struct AuthSpec {
  AuthStyle style = AuthStyle::Bearer;
  std::string name;         ///< of the header or parameter
  std::string variable;     ///< environment variable to name when the key is missing
  std::string prefix = {};  ///< Header: what stands before the key, "Token "
  std::string user = {};    ///< Basic; empty: the key is "USER:PASSWORD", or a user without password
};

enum class Paging {
  None,        ///< one answer holds everything
  TimeCursor,  ///< filters on a creation time; the order is found out from the answers
  PageToken,   ///< each answer names the next one by a cursor, in its body or in a header
  Link,        ///< each answer holds the address of the next one, in its body or in the header Link
  LastId,      ///< what comes after the last identity
  PageNumber,  ///< pages are counted
  Offset,      ///< items are counted
};

struct ListSpec {
  std::string path;               ///< "/assistant"; may hold a query
  std::string items;              ///< path of the array; empty: the answer is the array
  bool keyed = false;             ///< instead of an array an object: each member an item, its name the identity where the item has none
  bool null_is_empty = false;     ///< null in the array's place means that there is no item
  bool missing_is_empty = false;  ///< so does an answer without it
  Paging paging = Paging::None;
  std::string limit_parameter;       ///< empty: the API takes none
  std::size_t page_size = 0;         ///< asked for when nothing else is wished
  std::size_t page_size_cap = 0;     ///< the most the API accepts
  std::string time_field;            ///< TimeCursor: top-level member of an item, RFC 3339
  std::string not_after_parameter;   ///< TimeCursor: items created at or before
  std::string not_before_parameter;  ///< TimeCursor: items created at or after
  std::string token_field;           ///< PageToken, Link: path in the answer
  std::string token_header;          ///< PageToken, Link: header of the answer; Link without both: "Link"
  std::string token_parameter;       ///< PageToken, LastId, PageNumber, Offset: where the place is sent
  std::size_t first_page = 1;        ///< PageNumber: the number of the first page
  std::string more_field;            ///< path of a truth value: whether anything follows; empty: the answers do not say
  bool more_ends = false;            ///< the truth value says the opposite: that this was the last page
  bool last_again = false;           ///< PageNumber: past the end the API gives its last page again
  std::string total_field;           ///< path of the number of items of the whole list; empty: not told
  std::string total_header;          ///< header of the same
  std::string pages_field;           ///< PageNumber: path of the number of pages; empty: not told
};

/// Another list about the same items: the members of its items are laid over those of the first list by identity.
struct JoinSpec {
  ListSpec list;
  std::string key;        ///< path of the identity in this list; empty: the resource's
  std::string item;       ///< GET of one: "/language-models/{id}"; empty: only the list has it
  bool optional = false;  ///< a 404 of the list that is the API's own means that there is none
  bool adds = false;      ///< items that only this list has are items too
};

/// How one kind of refusal is told. The first rule that fits wins over what the status alone means. What is empty fits everything.
struct ErrorRule {
  int status = 0;             ///< 0: any that is no success
  std::string member = {};    ///< path in a JSON body, through arrays too; it must be there
  std::string equals = {};    ///< the whole text of `member`
  std::string contains = {};  ///< text in the body, or in `member` when that is given; case is ignored, "*" stands for any text
  ErrorKind kind = ErrorKind::Rejected;
  std::string message = {};  ///< empty: the one that the kind usually has
  std::string hint = {};
  bool final = false;  ///< repeating cannot help although the status says so
};

struct ErrorSpec {
  std::vector<std::string> message_paths{"message"};  ///< where a refusal's text is: a string or an array of strings
  std::string credentials_hint;                       ///< what helps against a wrong key
  std::vector<ErrorRule> rules;
  std::vector<std::string> wait_members;  ///< where a body says how long to wait: "20s", "1.5s", "300ms" or seconds
  std::vector<std::string> wait_headers;  ///< headers beside Retry-After: milliseconds when the name ends in "-ms", else as Retry-After
  std::string repeat_header;              ///< header that forbids to repeat when it says "false"
};

/// A resource with its addresses. "{id}" stands for the identity as one segment, "{+id}" for one whose slashes are the path's.
struct RestResource {
  Resource resource;
  ListSpec list;
  std::string item;         ///< GET and PATCH: "/assistant/{id}"
  std::string create = {};  ///< POST: "/assistant"
  std::string update = {};  ///< where an update goes; empty: `item`
  http::Method update_method = http::Method::Patch;
  std::string created = {};  ///< path of the new identity in the answer to a create that is not the item; empty: its header Location
  bool detail = false;       ///< the list names items in summary: each is asked for by `item`
  std::string record = {};   ///< path of the item in an answer that holds one; empty: the answer is the item
  std::string wrap = {};     ///< member that the body of a write is put into; empty: the body is the item
  std::vector<JoinSpec> joins = {};
};

/// What to ask at most, where the configuration does not say.
struct LimitSpec {
  std::optional<double> rate;  ///< requests a second
  std::optional<std::size_t> concurrency;
  std::optional<int> retries;
  std::optional<Millis> first_wait, longest_wait;  ///< between repetitions
};

struct RestSpec {
  std::string label;          ///< "Vapi": what messages call it
  std::string base_url = {};  ///< where the configuration names none
  AuthSpec auth;
  std::vector<std::pair<std::string, std::string>> headers;  ///< sent with every request; one without a value is not
  std::vector<RestResource> resources;
  std::string check;  ///< cheap GET that proves key and address
  ErrorSpec errors;
  LimitSpec limits;
};

}  // namespace lockstep::rest
