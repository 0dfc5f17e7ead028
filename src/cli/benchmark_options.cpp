#include "benchmark_options.h"

#include <set>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {

void add_benchmark(CLI::App& command, BenchmarkOptions& target, bool required,
                   const std::string& metrics) {
  auto* file = command
                   .add_option("--benchmark", target.file,
                               "CSV file with one row per architecture and columns of accuracies")
                   ->type_name("FILE.csv");
  auto* metric = command.add_option("--metric", target.metrics, metrics)
                     ->delimiter(',')
                     ->type_name("COLUMN,...");
  if (required) {
    file->required();
    metric->required();
  } else {
    file->needs(metric);
    metric->needs(file);
  }
  command
      .add_option(
          "--key", target.key,
          "key of the architectures: arch strings, id (as printed by 'wrcor describe'),\n"
          "index, the benchmark's own numbers, or naslib, NASLib's tuples of six digits;\n"
          "with =COLUMN for a column of another name, and =A/B where two columns have its parts\n"
          "(default arch; arch|id|index|naslib)")
      ->type_name("KEY[=COLUMN]");
  command
      .add_option("--missing", target.missing,
                  "markers for missing values, besides an empty field: -1, nan, ...")
      ->delimiter(',')
      ->type_name("VALUE,...");
}

void require_distinct(const std::vector<std::string>& columns, const std::string& flag) {
  std::set<std::string> seen;
  for (const std::string& column : columns) {
    if (!seen.insert(column).second)
      throw UsageError(flag + ": " + in_quotes(column) + " is given twice");
  }
}

}  // namespace wrcor::cli
