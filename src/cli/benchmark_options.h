#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "score/benchmark_table.h"

namespace wrcor::cli {

/// A table of trained networks, as given by options.
struct BenchmarkOptions {
  std::string file;
  std::vector<std::string> metrics;
  std::string key = "arch";
  MissingFigures missing;
};

/// Adds --benchmark, --metric, --key and --missing.
/// @param required  whether a table is required
/// @param metrics   help of --metric
void add_benchmark(CLI::App& command, BenchmarkOptions& target, bool required,
                   const std::string& metrics);

/// @throws UsageError when one of the columns is given twice
void require_distinct(const std::vector<std::string>& columns, const std::string& flag);

}  // namespace wrcor::cli
