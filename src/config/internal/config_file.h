#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "wrcor/config/settings.h"

namespace wrcor {

/// A value of one setting and where it was found.
struct FoundValue {
  const Setting* setting = nullptr;
  nlohmann::json value;
  std::string place;      ///< begins an error line: "configs/my.yaml:12: search.budget"
  bool valid = true;      ///< otherwise it has no value, and its error has been reported
  bool recorded = false;  ///< by the program, with all effective settings
};

/// Reads the settings of a YAML or JSON file. Errors are appended to `problems`, one line each.
std::vector<FoundValue> read_config_file(const std::filesystem::path& path,
                                         std::vector<std::string>& problems);

/// Reads a file that may be YAML, up to one byte beyond the largest YAML text.
/// @return the problem, or an empty text
std::string read_yaml_file(const std::filesystem::path& path, std::string& content);

/// The same from the text of such a file. @param name  of the file, for messages
std::vector<FoundValue> read_config_text(const std::string& text, const std::string& name,
                                         std::vector<std::string>& problems);

}  // namespace wrcor
