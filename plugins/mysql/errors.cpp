#include "errors.h"

#include <algorithm>
#include <initializer_list>

#include "common/text.h"

namespace lockstep::mysql {
namespace {

bool in(unsigned code, std::initializer_list<unsigned> codes) { return std::find(codes.begin(), codes.end(), code) != codes.end(); }

/// A value that a row cannot have, or a rule of the table.
constexpr std::initializer_list<unsigned> kRejected = {
    1022,                                            // duplicate key
    1048,                                            // column cannot be null
    1062,                                            // duplicate entry
    1118,                                            // row too large
    1136, 1138, 1169, 1171, 1216, 1217, 1451, 1452,  // foreign keys
    1242,                                            // of on_conflict_update(): another row has the same unique value
    1263, 1264, 1265, 1292, 1364, 1365, 1366, 1367, 1406, 1411, 1416, 1525, 1526,
    1644,                                            // SIGNAL
    1690, 1748, 1761, 1762, 1859, 1903, 1906, 3105,  // generated columns
    3140, 3141, 3144, 3147, 3156, 3157, 3158,        // JSON
    3819, 4025,                                      // CHECK
    3854, 3988, 4161,
};
constexpr std::initializer_list<unsigned> kReadOnly = {1290, 1792, 1836, 3100};
constexpr std::initializer_list<unsigned> kNoRight = {1044, 1142, 1143, 1227, 1370, 1419};
constexpr std::initializer_list<unsigned> kFull = {1021, 1114};
/// A table that cannot be made; the system's number for the reason stands in the text.
constexpr unsigned kNotMade = 1005;
constexpr std::initializer_list<unsigned> kTooMany = {1040, 1203, 1226};
constexpr std::initializer_list<unsigned> kRefusedAccount = {1045, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 4151, 2059};
/// Trouble with the server, its disk or its memory.
constexpr std::initializer_list<unsigned> kBroken = {3,    5,    1003, 1004, 1016, 1026, 1030, 1034, 1037, 1038, 1041, 1053, 1105,
                                                     1135, 1152, 1158, 1159, 1160, 1161, 1180, 1194, 1195, 1196, 1206, 1207, 1297};

/// The text between `from` and `to`, behind the last `from`.
std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const std::size_t first = text.rfind(from);
  if (first == std::string::npos) return {};
  const std::size_t begin = first + from.size(), end = text.find(to, begin);
  return end == std::string::npos ? std::string() : text.substr(begin, end - begin);
}

/// Of a value that is there already only the key, for it may be anybody's.
std::string told(const Failure& failure) {
  if (failure.code == 1242) return "another row has the same value in a column that must be unique";
  const std::string key = shared_key(failure);
  return key.empty() ? failure.message : "duplicate value in the unique key \"" + key + "\"";
}

}  // namespace

bool ends_connection(unsigned code) {
  return in(code, {1053, 1079, 1080, 1927, 2006, 2013, 2014, 2026, 2027, 2055, 4031}) || (code >= 1158 && code <= 1161);
}

bool ends_transaction(unsigned code) { return in(code, {1020, 1180, 1206, 1213, 1613, 1614}) || ends_connection(code); }

bool is_there_already(unsigned code) { return in(code, {1050, 1060, 1061}); }

std::string column_without_parent(const Failure& failure) {
  return failure.code == kNoParent ? between(failure.message, "FOREIGN KEY (`", "`)") : std::string();
}

// "Duplicate entry 'x' for key 'items_name'"; MySQL names the table before it.
std::string shared_key(const Failure& failure) {
  if (!in(failure.code, {1062, 1022, 1859})) return {};
  const std::string key = between(failure.message, "for key '", "'");
  return key.substr(key.find('.') == std::string::npos ? 0 : key.find('.') + 1);
}

Error error_for(const Failure& failure, const std::string& shown, std::string_view doing) {
  const unsigned code = failure.code;
  const std::string said = printable(told(failure)), where = shown + ": " + std::string(doing) + ": " + said;
  if (in(code, {1020, 1213})) {
    Error error(ErrorKind::Busy, where + "; nothing of it was written", "run again: another program changed the same rows");
    return error.with_retry_after(kBeforeRepeating);
  }
  if (in(code, {kLockWait, 3572, 4078})) {
    return {ErrorKind::Busy, shown + " is locked by another program, while " + std::string(doing),
            "wait for it to finish, or raise the store's busy_timeout"};
  }
  if (in(code, {1969, 3024})) return {ErrorKind::Busy, where, "raise the store's statement_timeout"};
  if (code == kKilled) return {ErrorKind::Interrupted, where};
  if (in(code, kReadOnly)) return {ErrorKind::Storage, shown + " is read-only: " + said, "connect to the primary"};
  if (code == 1153 || code == 2020) {
    return {ErrorKind::Rejected, std::string(doing) + ": the row is larger than a message may be", "raise the server's max_allowed_packet"};
  }
  if (in(code, kRejected)) return {ErrorKind::Rejected, std::string(doing) + ": " + said};
  if (in(code, kRefusedAccount)) return {ErrorKind::Credentials, where, "check the store's user and password"};
  const bool no_room = code == kNotMade && (said.find("errno: 135") != std::string::npos || said.find("errno: 28") != std::string::npos);
  if (in(code, kFull) || no_room) return {ErrorKind::Storage, where, "free some space on the database's machine and run again"};
  if (in(code, kTooMany)) return {ErrorKind::Busy, where, "wait, or raise the server's max_connections"};
  if (in(code, kBroken) || ends_connection(code)) return {ErrorKind::Storage, where, "see the server's log, and run again"};
  if (in(code, kNoRight)) {
    return {ErrorKind::Invalid, where,
            "grant it: GRANT SELECT, INSERT, UPDATE ON the table TO the user; CREATE, ALTER, INDEX and REFERENCES for `lockstep migrate`"};
  }
  if (in(code, {kNoTable, 1054})) return {ErrorKind::Invalid, where, "run `lockstep migrate`"};
  if (in(code, {1170, 1071})) return {ErrorKind::Invalid, where, "make the column a varchar of at most 768 characters"};
  return {ErrorKind::Invalid, where};
}

Error connect_error(const Failure& failure, const std::string& shown) {
  const unsigned code = failure.code;
  const std::string text = shown + " cannot be opened: " + printable(replace_all(failure.message, "\n", "; "));
  if (in(code, kRefusedAccount) || code == 1044) {
    return {ErrorKind::Credentials, text, "check the store's user and password, and from where the server lets this account in"};
  }
  if (code == 1049) return {ErrorKind::Invalid, text, "create the database, or check its name"};
  if (in(code, kTooMany)) return {ErrorKind::Busy, text, "wait, or raise the server's max_connections"};
  if (code == kNoTls || code == 3159) {
    return {ErrorKind::Storage, text,
            "give the certificate of the server's authority with `ca_file`; `tls: require` encrypts without looking who answers"};
  }
  return {ErrorKind::Storage, text, "see whether the server runs and can be reached from here"};
}

}  // namespace lockstep::mysql
