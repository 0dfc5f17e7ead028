#include "architecture.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "options.h"
#include "wrcor/core/error.h"
#include "wrcor/core/json.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/core/text_file.h"

namespace wrcor::cli {
namespace {

std::uint64_t cell_number(const SearchSpace& space, const std::string& what,
                          const std::string& text) {
  const std::optional<std::uint64_t> size = space.size();
  if (!size)
    throw UsageError(what + ": the space '" + space.name() + "' numbers none of its cells");
  return whole_number(what, text, 0, *size - 1);
}

/// The architecture of a rank, from 1, in the ranking of a finished run.
std::string ranked_architecture(const std::filesystem::path& run, const std::string& rank) {
  constexpr std::uint64_t longest = std::uint64_t{1} << 30;
  const std::string file = (run / "result.json").string();
  if (!std::filesystem::exists(file)) {
    throw UsageError("'" + run.string() +
                     "' holds no result.json: it is the folder of no finished " +
                     "run; wrcor search --resume --out finishes one");
  }
  try {
    const nlohmann::ordered_json document = parse_json(read_text_file(file, longest));
    read_schema_version(document, schema_version::result, file);
    const auto& ranking = document.at("ranking");
    const std::uint64_t place =
        whole_number("rank in '" + run.string() + "'", rank, 1, ranking.size());
    return ranking.at(place - 1).at("arch").get<std::string>();
  } catch (const JsonError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file + "' is not the result of a run");
  }
}

}  // namespace

Genotype read_architecture(const SearchSpace& space, const std::string& text) {
  const std::string prefix = "index:";
  if (text.starts_with(prefix)) {
    const std::uint64_t number = cell_number(space, "official index", text.substr(prefix.size()));
    const std::optional<Genotype> published = space.at_official(number);
    return published ? *published : space.at(number);
  }
  const bool is_id = !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
  if (is_id) return space.at(cell_number(space, "id", text));
  const std::size_t mark = text.rfind('#');
  const std::filesystem::path run = text.substr(0, mark);
  std::error_code unreadable;  // then it is taken for an architecture, and refused as one
  if (std::filesystem::is_directory(run, unreadable)) {
    return space.parse(ranked_architecture(run, mark == text.npos ? "1" : text.substr(mark + 1)));
  }
  return space.parse(text);
}

}  // namespace wrcor::cli
