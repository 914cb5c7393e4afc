#include "data/table.h"

namespace lockstep {

std::string_view to_string(ColumnType type) {
  switch (type) {
    case ColumnType::Key: return "key";
    case ColumnType::Text: return "text";
    case ColumnType::Integer: return "integer";
    case ColumnType::Real: return "real";
    case ColumnType::Boolean: return "boolean";
    case ColumnType::Json: return "json";
    case ColumnType::Timestamp: return "timestamp";
    case ColumnType::Blob: return "blob";
  }
  return "text";
}

}  // namespace lockstep
