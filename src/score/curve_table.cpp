#include "score/curve_table.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <tuple>

#include "core/csv.h"
#include "core/text_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

int epoch_in(const CsvReader& csv, std::size_t column) {
  constexpr int most_epochs = 1'000'000;
  const std::string& text = csv.field(column);
  int epoch = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, epoch);
  if (error != std::errc() || stop != end || epoch < 0 || epoch > most_epochs) {
    throw DataError(csv.place(column) + ": column 'epoch': expected a whole number from 0 to " +
                    std::to_string(most_epochs) + ", got " + in_quotes(text));
  }
  return epoch;
}

std::optional<std::size_t> seed_column(const CsvReader& csv) {
  const auto& header = csv.header();
  if (std::find(header.begin(), header.end(), "seed") == header.end()) return std::nullopt;
  return csv.column("seed");
}

std::vector<std::size_t> numbers_of(const CsvReader& csv, const std::vector<std::string>& columns) {
  std::vector<std::size_t> numbers;
  for (const std::string& column : columns) numbers.push_back(csv.column(column));
  return numbers;
}

}  // namespace

/// A sum could overflow.
void CurveTable::Mean::add(double figure) {
  ++count;
  value += figure / count - value / count;
}

void CurveSelection::parse_rows(const std::string& flag, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) {
      throw UsageError(flag + ": expected COLUMN=TEXT, such as hp=200, got " + in_quotes(text));
    }
    rows.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
}

CurveTable CurveTable::read(const std::filesystem::path& path, const SearchSpace& space,
                            const BenchmarkKey& key, const CurveSelection& selection) {
  constexpr std::uint64_t largest_file = 256 << 20;
  return parse(read_text_file(path, largest_file), path.string(), space, key, selection);
}

CurveTable CurveTable::parse(std::string text, const std::string& name, const SearchSpace& space,
                             const BenchmarkKey& key, const CurveSelection& selection) {
  CsvReader csv(std::move(text), name);
  const KeyColumns named_by(key, csv);
  const std::size_t epoch_column = csv.column("epoch");
  const std::optional<std::size_t> seeds = seed_column(csv);
  const std::vector<std::size_t> figures = numbers_of(csv, selection.columns);
  std::vector<std::pair<std::size_t, std::string>> wanted;
  for (const auto& [column, value] : selection.rows) wanted.emplace_back(csv.column(column), value);

  CurveTable table;
  table.columns_ = selection.columns;
  table.first_epoch_ = std::numeric_limits<int>::max();
  std::set<std::tuple<std::string, std::string, int>> seen;
  while (csv.next()) {
    if (!std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& want) { return csv.field(want.first) == want.second; }))
      continue;
    const std::string arch = space.format(named_by.read(space, csv));
    const int epoch = epoch_in(csv, epoch_column);
    if (!seen.emplace(arch, seeds ? csv.field(*seeds) : "", epoch).second) {
      throw DataError(csv.place(epoch_column) + ": a second row of epoch " + std::to_string(epoch) +
                      " of " + arch + (seeds ? ", seed " + csv.field(*seeds) : "") +
                      "; choose the rows of one training by --curve-rows");
    }
    table.first_epoch_ = std::min(table.first_epoch_, epoch);
    std::vector<Mean>& means = table.curves_[arch][epoch];
    means.resize(figures.size());
    for (std::size_t k = 0; k < figures.size(); ++k) {
      const std::optional<double> figure = csv.number(figures[k]);
      if (figure) means[k].add(*figure);
    }
  }
  if (table.curves_.empty()) throw DataError(name + ": no row is selected");
  if (table.first_epoch_ > 1) {
    throw DataError(name + ": the first epoch is " + std::to_string(table.first_epoch_) +
                    "; expected 0 or 1");
  }
  return table;
}

std::optional<double> CurveTable::value(const std::string& arch, const std::string& column,
                                        int epochs) const {
  const auto curve = curves_.find(arch);
  if (curve == curves_.end()) return std::nullopt;
  const auto point = curve->second.find(epochs - 1 + first_epoch_);
  if (point == curve->second.end()) return std::nullopt;
  const auto number = std::find(columns_.begin(), columns_.end(), column) - columns_.begin();
  const Mean& mean = point->second.at(static_cast<std::size_t>(number));
  return mean.count > 0 ? std::optional(mean.value) : std::nullopt;
}

}  // namespace wrcor
