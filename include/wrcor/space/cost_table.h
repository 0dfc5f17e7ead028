#pragma once

#include <map>
#include <optional>
#include <string>

namespace wrcor {

/// Costs of architectures that were measured, such as latencies on a device: what no plan tells.
struct CostTable {
  std::string file;    ///< where it is from, for messages
  std::string sha256;  ///< of that file
  /// Cost by the architecture's text, by name of the cost. Architectures may be missing.
  std::map<std::string, std::map<std::string, double>> columns;

  std::optional<double> cost(const std::string& name, const std::string& arch) const {
    const auto column = columns.find(name);
    if (column == columns.end()) return std::nullopt;
    const auto found = column->second.find(arch);
    return found == column->second.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace wrcor
