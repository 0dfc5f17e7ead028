#pragma once

#include <ATen/ATen.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// A network as it is handed to other programs.
struct ExportedNetwork {
  const SearchSpace& space;  ///< sized as the network is
  Genotype genotype;
  /// Parameters and batch-norm statistics by their names in the plan, on the CPU; none for a format
  /// that is source.
  std::map<std::string, at::Tensor> state;
  /// The origin of the network, in sentences, for readers of the exported file.
  std::vector<std::string> remarks = {};
  std::string origin_of_weights = {};          ///< a sentence
  nlohmann::ordered_json space_settings = {};  ///< name and options of the space, or its definition
};

/// A file in a folder.
struct ExportedFile {
  std::string name;
  std::string content;
};

}  // namespace wrcor
