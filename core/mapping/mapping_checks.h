// The checks across the fields of a mapping: what each rule says alone is right, and together they cannot be.
#pragma once

#include <vector>

#include "format/yaml.h"
#include "mapping/mapping.h"

namespace lockstep {

/// Where the parts of a mapping stand in its file, by ordinal.
struct MappingPlaces {
  std::vector<yaml::Place> columns;  ///< of the fields' names
  std::vector<yaml::Place> paths;    ///< of their paths
  std::vector<yaml::Place> owned;    ///< of the owned columns
};

/// Two columns of one name, or one that takes the name of the primary key.
void check_columns(const Mapping& mapping, const MappingPlaces& places, yaml::Problems& problems);
/// Two writable fields whose paths may meet, other than a leaf and its JSON parent.
void check_paths(const Mapping& mapping, const MappingPlaces& places, yaml::Problems& problems);
/// A warning for each path that the API does not publish, where the resource lists what it does.
void check_known(const Mapping& mapping, const MappingPlaces& places, const Resource& resource, yaml::Problems& problems);

}  // namespace lockstep
