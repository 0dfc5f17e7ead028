#pragma once

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>
#include <optional>
#include <string>

namespace wrcor::cli {

/// The help of a command, the same bytes with every version of CLI11. Later versions change its
/// layout, which the manual and the completion test depend on.
class HelpFormatter final : public CLI::Formatter {
 public:
  /// @param columns  width of the terminal, at which lines are wrapped; nothing: lines are as long
  ///                 as their texts
  explicit HelpFormatter(std::optional<int> columns) : columns_(columns) {}

  /// @param name  how the command is called
  std::string make_help(const CLI::App* command, std::string name,
                        CLI::AppFormatMode mode) const override;

 private:
  std::optional<int> columns_;
};

}  // namespace wrcor::cli
