#include "architecture.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "options.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/file.h"
#include "wrcor/core/json.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/core/seal.h"
#include "wrcor/core/text_file.h"
#include "wrcor/score/proxies.h"

namespace wrcor::cli {
namespace {

constexpr std::string_view official_prefix = "index:";

bool is_id(const std::string& text) {
  return !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
}

std::uint64_t cell_number(const SearchSpace& space, const std::string& what,
                          const std::string& text) {
  const std::optional<std::uint64_t> size = space.size();
  if (!size)
    throw UsageError(what + ": the space '" + space.name() + "' numbers none of its cells");
  return whole_number(what, text, 0, *size - 1);
}

/// @throws DataError when that cannot be seen
bool is_folder(const std::filesystem::path& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return true;
  // What cannot be a name at all is taken for an architecture, and refused as one.
  if (unknown == std::errc::permission_denied)
    throw DataError("cannot read '" + path.string() + "': " + unknown.message());
  return false;
}

/// @param rank  in the ranking of a finished run, from 1
RankedArchitecture ranked_architecture(const std::filesystem::path& run, const std::string& rank) {
  constexpr std::uint64_t longest = std::uint64_t{1} << 30;
  const std::string file = (run / "result.json").string();
  if (!file_exists(file)) {
    throw UsageError("'" + run.string() +
                     "' holds no result.json: it is the folder of no finished " +
                     "run; wrcor search --resume --out finishes one");
  }
  try {
    nlohmann::ordered_json document = parse_json(read_text_file(file, longest));
    read_schema_version(document, schema_version::result, file);
    require_sealed_result(document, file);
    const auto& ranking = document.at("ranking");
    const std::uint64_t place =
        whole_number("rank in '" + run.string() + "'", rank, 1, ranking.size());
    const auto& row = ranking.at(place - 1);
    RankedArchitecture found{
        run, place, row.at("arch").get<std::string>(), {}, document.at("config")};
    for (const std::string& proxy : proxies().names()) {
      const auto score = row.at("scores").value(proxy, nlohmann::ordered_json());
      if (score.is_number()) found.scores.emplace_back(proxy, score.get<double>());
    }
    return found;
  } catch (const JsonError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file + "' is not the result of a run");
  }
}

/// A run's config.json has the sizes and the weights of its networks: it is what its result was
/// made with, but for how long the search was to be.
void require_config_of(const nlohmann::ordered_json& result_settings,
                       const std::filesystem::path& file) {
  if (!file_exists(file)) return;  // reading it will say so
  constexpr std::uint64_t longest = 1 << 20;
  nlohmann::ordered_json found;
  try {
    found = parse_json(read_text_file(file, longest));
    found.erase("schema_version");
    found = result_config(config_from_json(found, file.string()));
  } catch (const JsonError& error) {
    throw DataError("'" + file.string() + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file.string() + "' is not the configuration of a run");
  }
  for (const Setting& setting : settings()) {
    if (setting.bearing <= Bearing::length || !setting.serves(Purpose::search)) continue;
    const auto& has = found.at(setting.section()).at(setting.name());
    const auto made_with = result_settings.at(setting.section()).value(setting.name(), has);
    if (has == made_with) continue;
    throw DataError("'" + file.string() + "' is not of the run whose result.json lies beside it: " +
                    setting.key + " is " + has.dump() + ", there " + made_with.dump() +
                    "; restore it from a copy, or name a configuration with --config");
  }
}

}  // namespace

std::optional<RankedArchitecture> find_ranked(const std::string& text) {
  if (text.starts_with(official_prefix) || is_id(text)) return std::nullopt;
  if (is_folder(text)) return ranked_architecture(text, "1");
  const std::size_t mark = text.rfind('#');
  const std::filesystem::path run = text.substr(0, mark);
  if (mark == text.npos || !is_folder(run)) return std::nullopt;
  return ranked_architecture(run, text.substr(mark + 1));
}

std::optional<RankedArchitecture> find_ranked(const std::string& text, ConfigSources& sources) {
  std::optional<RankedArchitecture> ranked = find_ranked(text);
  if (ranked && !sources.file) {
    sources.file = ranked->run / "config.json";
    require_config_of(ranked->settings, *sources.file);
  }
  return ranked;
}

Genotype read_architecture(const SearchSpace& space, const std::string& text) {
  if (text.starts_with(official_prefix)) {
    const std::uint64_t number =
        cell_number(space, "official index", text.substr(official_prefix.size()));
    const std::optional<Genotype> published = space.at_official(number);
    return published ? *published : space.at(number);
  }
  if (is_id(text)) return space.at(cell_number(space, "id", text));
  if (const auto ranked = find_ranked(text)) return space.parse(ranked->architecture);
  return space.parse(text);
}

}  // namespace wrcor::cli
