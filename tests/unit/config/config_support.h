#pragma once

#include <map>
#include <string>

#include "support/temporary_file.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"

namespace wrcor::test {

using Texts = std::map<std::string, std::string>;

/// Sources whose environment is `variables` and nothing else.
inline ConfigSources sources(const Texts& flags, const Texts& variables = {}) {
  ConfigSources result;
  result.flags = flags;
  result.environment = variables;
  return result;
}

inline Config load_text(const std::string& content, ConfigSources others = sources({})) {
  const TemporaryFile file(content);
  others.file = file.path();
  return load_config(others);
}

/// The message of the error that `action` must raise, without the file's folder; "no error" if it
/// raises none.
template <typename Action>
std::string error_of(const Action& action, const std::string& folder = {}) {
  try {
    action();
  } catch (const UsageError& error) {
    std::string text = error.what();
    for (auto at = text.find(folder); !folder.empty() && at != std::string::npos;
         at = text.find(folder)) {
      text.erase(at, folder.size());
    }
    return text;
  }
  return "no error";
}

/// The errors in a file with this content; the file is called my.yaml.
inline std::string file_error(const std::string& content, ConfigSources others = sources({})) {
  const TemporaryFile file(content);
  others.file = file.path();
  return error_of([&] { load_config(others); }, file.path().parent_path().string() + "/");
}

/// The error in one flag.
inline std::string flag_error(const std::string& key, const std::string& text) {
  return error_of([&] { load_config(sources({{key, text}})); });
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// All effective values, for comparisons.
inline nlohmann::ordered_json values(const Config& config) { return to_json(config); }

}  // namespace wrcor::test
