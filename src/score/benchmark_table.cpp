#include "score/benchmark_table.h"

#include <algorithm>
#include <charconv>

#include "core/csv.h"
#include "core/text_file.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t start = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(start, text.find_last_not_of(" \t") + 1 - start);
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

bool is_missing(const std::string& text, const MissingFigures& missing) {
  const std::string_view field = trimmed(text);
  return std::any_of(missing.begin(), missing.end(), [&](const std::string& written) {
    const auto number = number_in(written);
    return written == field || (number && number == number_in(field));
  });
}

struct Row {
  std::string arch;
  std::size_t line;
  std::vector<std::optional<double>> values;
  std::optional<Genotype> record;  ///< SearchSpace::recorded_as()
};

void require_distinct(const std::vector<Row>& sorted, const std::string& file) {
  const auto twice = std::adjacent_find(
      sorted.begin(), sorted.end(), [](const Row& a, const Row& b) { return a.arch == b.arch; });
  if (twice == sorted.end()) return;
  throw DataError(file + ": lines " + std::to_string(twice->line) + " and " +
                  std::to_string((twice + 1)->line) + " are about one architecture, " +
                  twice->arch + "; remove one of them");
}

}  // namespace

FigureColumn FigureColumn::parse(const std::string& text) {
  if (text.size() < 2 || text.front() != '-') return {text};
  return {text.substr(1), Direction::lower};
}

BenchmarkTable BenchmarkTable::read(const std::filesystem::path& path, const SearchSpace& space,
                                    const BenchmarkKey& key, const std::set<std::string>& columns,
                                    const MissingFigures& missing) {
  constexpr std::uint64_t largest_file = 256 << 20;
  return parse(read_text_file(path, largest_file), path.string(), space, key, columns, missing);
}

BenchmarkTable BenchmarkTable::parse(std::string text, const std::string& name,
                                     const SearchSpace& space, const BenchmarkKey& key,
                                     const std::set<std::string>& columns,
                                     const MissingFigures& missing) {
  CsvReader csv(std::move(text), name);
  const KeyColumns named_by(key, csv);
  std::vector<std::size_t> numbers;
  for (const std::string& column : columns) numbers.push_back(csv.column(column));

  std::vector<Row> rows;
  while (csv.next()) {
    const Genotype genotype = named_by.read(space, csv);
    Row row{space.format(genotype), csv.line(), {}, space.recorded_as(genotype)};
    for (const std::size_t number : numbers) {
      row.values.push_back(is_missing(csv.field(number), missing) ? std::nullopt
                                                                  : csv.number(number));
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw DataError(name + ": the table has no rows");
  // Of equal ones the first line first, for the message.
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.arch < b.arch; });
  require_distinct(rows, name);

  BenchmarkTable table;
  for (Row& row : rows) {
    if (row.record) {
      table.by_record_.emplace(*std::move(row.record), table.archs_.size());
      table.space_ = &space;
    }
    table.archs_.push_back(std::move(row.arch));
    auto value = row.values.begin();
    for (const std::string& column : columns) table.columns_[column].push_back(*value++);
  }
  return table;
}

std::optional<std::size_t> BenchmarkTable::find(const std::string& arch) const {
  const auto found = std::lower_bound(archs_.begin(), archs_.end(), arch);
  if (found != archs_.end() && *found == arch)
    return static_cast<std::size_t>(found - archs_.begin());
  if (space_ == nullptr) return std::nullopt;
  const auto [first, last] = by_record_.equal_range(*space_->recorded_as(space_->parse(arch)));
  return std::distance(first, last) == 1 ? std::optional(first->second) : std::nullopt;
}

BenchmarkOptimum optimum_of(const BenchmarkTable& table, const FigureColumn& column) {
  BenchmarkOptimum best;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const auto& figure = table.value(row, column.name);
    if (!figure) continue;
    if (best.arch.empty() || column.oriented(*figure) > column.oriented(best.value))
      best = {table.arch(row), *figure};
  }
  return best;
}

}  // namespace wrcor
