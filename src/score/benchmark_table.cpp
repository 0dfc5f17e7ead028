#include "score/benchmark_table.h"

#include <algorithm>
#include <charconv>

#include "core/csv.h"
#include "core/text_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

Genotype numbered_genotype(const SearchSpace& space, BenchmarkKey::Kind kind,
                           const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) {
    throw UsageError("expected a whole number, got " + in_quotes(text));
  }
  if (kind == BenchmarkKey::Kind::index) {
    if (auto genotype = space.at_official(number)) return *genotype;
  }
  if (!space.size()) {
    throw UsageError("the architectures of '" + space.name() +
                     "' have no numbers; name them by their strings (--key arch)");
  }
  if (number >= *space.size()) {
    throw UsageError("expected a number below " + std::to_string(*space.size()) + ", got " + text);
  }
  return space.at(number);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t start = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(start, text.find_last_not_of(" \t") + 1 - start);
}

/// With the parentheses that distinguish a tuple from other texts.
std::string as_tuple(const std::string& text) {
  const std::string_view digits = trimmed(text);
  const bool bracketed = digits.starts_with('(') || digits.starts_with('[');
  return bracketed ? text : "(" + text + ")";
}

/// The columns that the name of a key names: "matrix/ops" are two.
std::vector<std::size_t> key_columns(const BenchmarkKey& key, const CsvReader& csv) {
  const auto& header = csv.header();
  const bool is_column = std::find(header.begin(), header.end(), key.column) != header.end();
  std::vector<std::size_t> columns;
  for (std::size_t start = 0; start <= key.column.size();) {
    const std::size_t end =
        is_column ? key.column.size() : std::min(key.column.find('/', start), key.column.size());
    columns.push_back(csv.column(key.column.substr(start, end - start)));
    start = end + 1;
  }
  return columns;
}

/// An architecture's text, of which each column has a part.
std::string text_of(const CsvReader& csv, const std::vector<std::size_t>& columns) {
  std::vector<std::string> parts;
  for (const std::size_t column : columns) parts.push_back(csv.field(column));
  return join(parts, "/");
}

Genotype read_genotype(const SearchSpace& space, BenchmarkKey::Kind kind, const CsvReader& csv,
                       const std::vector<std::size_t>& columns) {
  const std::size_t column = columns.front();
  try {
    if (kind == BenchmarkKey::Kind::arch) return parse_architecture(space, text_of(csv, columns));
    if (kind == BenchmarkKey::Kind::naslib) return space.parse(as_tuple(csv.field(column)));
    return numbered_genotype(space, kind, csv.field(column));
  } catch (const UsageError& error) {
    throw DataError(csv.place(column) + ": " + error.what());
  }
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

BenchmarkKey BenchmarkKey::parse(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view kind = text.substr(0, equals);
  BenchmarkKey key;
  key.column = equals < text.size() ? text.substr(equals + 1) : kind;
  if (kind == "arch") {
    key.kind = Kind::arch;
  } else if (kind == "id") {
    key.kind = Kind::id;
  } else if (kind == "index") {
    key.kind = Kind::index;
  } else if (kind == "naslib") {
    key.kind = Kind::naslib;
  } else {
    throw UsageError("--key: expected arch, id, index or naslib, or arch=COLUMN and so on, got " +
                     in_quotes(text));
  }
  return key;
}

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
  const std::vector<std::size_t> named_by = key_columns(key, csv);
  std::vector<std::size_t> numbers;
  for (const std::string& column : columns) numbers.push_back(csv.column(column));

  std::vector<Row> rows;
  while (csv.next()) {
    const Genotype genotype = read_genotype(space, key.kind, csv, named_by);
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

}  // namespace wrcor
