#pragma once

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>
#include <optional>
#include <string>

namespace wrcor::cli {

/// The help of a command, the same bytes with every version of CLI11: later ones lay theirs out in
/// another way, and what the manual and the completion test read would change with them.
class HelpFormatter final : public CLI::Formatter {
 public:
  /// @param columns  of the terminal that shows it, which lines are wrapped for; nothing: they are
  ///                 as long as their texts
  explicit HelpFormatter(std::optional<int> columns) : columns_(columns) {}

  /// @param name  how the command is called
  std::string make_help(const CLI::App* command, std::string name,
                        CLI::AppFormatMode mode) const override;

 private:
  std::optional<int> columns_;
};

}  // namespace wrcor::cli
