#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace wrcor::test {

/// A comma-separated file with a header line and no quoting, as the shared tables are.
class Csv {
 public:
  explicit Csv(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
      auto& target = header_.empty() ? header_ : rows_.emplace_back();
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, ',');) target.push_back(cell);
    }
  }

  std::size_t size() const { return rows_.size(); }

  /// @throws std::runtime_error for a column that the header lacks.
  std::size_t column(const std::string& name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) throw std::runtime_error("no column " + name);
    return static_cast<std::size_t>(found - header_.begin());
  }
  const std::string& text(std::size_t row, std::size_t column) const {
    return rows_.at(row).at(column);
  }
  std::uint64_t number(std::size_t row, std::size_t column) const {
    return std::stoull(text(row, column));
  }

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace wrcor::test
