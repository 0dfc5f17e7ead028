#include "architecture.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>

#include "config/chosen_data.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text_file.h"
#include "options.h"
#include "record/finished_run.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
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

/// Rows without a score follow those that have one, for completeness.
/// @throws UsageError for one of them
void require_score(const FinishedRun& run, std::uint64_t rank, const std::string& folder) {
  const FinishedRun::Row& row = run.ranking[rank - 1];
  if (run.value(row)) return;
  const auto scored = std::count_if(run.ranking.begin(), run.ranking.end(),
                                    [&](const auto& each) { return run.value(each); });
  if (scored == 0) {
    throw UsageError("no architecture of '" + folder + "' has a score by " + run.rule.text() +
                     ", so none is its best; name an architecture");
  }
  throw UsageError("rank " + std::to_string(rank) + " in '" + folder + "' has no score by " +
                   run.rule.text() + " (" + std::string(to_string(row.evaluation.status)) +
                   "); the ranks 1 to " + std::to_string(scored) + " have one");
}

/// Words to follow a message if the text looks like the name of a run's folder.
std::string folder_hint(const std::string& text) {
  const bool is_name = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/._-#").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return is_name ? "; nor is " + in_quotes(text.substr(0, text.rfind('#'))) + " a folder" : "";
}

/// The architecture of a run, for networks of a space.
Genotype ranked_genotype(const SearchSpace& space, const RankedArchitecture& ranked) {
  try {
    return space.parse(ranked.architecture);
  } catch (const UsageError&) {
    const std::string of_run = ranked.settings.at("space").value("name", "");
    if (of_run == space.name()) throw;
    throw UsageError("'" + ranked.run.string() + "' is a run of the space " + in_quotes(of_run) +
                     ", the networks here are of " + in_quotes(space.name()) +
                     "; name its space with --space");
  }
}

/// @throws DataError when this cannot be determined
bool is_folder(const std::filesystem::path& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return true;
  // A text that cannot be a file name is treated as an architecture, and refused as one.
  if (unknown == std::errc::permission_denied)
    throw DataError("cannot read '" + path.string() + "': " + unknown.message());
  return false;
}

/// @param rank  in the ranking of a finished run, from 1
RankedArchitecture ranked_architecture(const std::filesystem::path& folder,
                                       const std::string& rank) {
  const FinishedRun run = read_result(folder);
  const std::uint64_t place =
      whole_number("rank in '" + folder.string() + "'", rank, 1, run.ranking.size());
  require_score(run, place, folder.string());
  const FinishedRun::Row& row = run.ranking[place - 1];
  RankedArchitecture found{folder, place, row.arch, {}, run.document.at("config")};
  const auto batch = run.document.value("batch", nlohmann::ordered_json::object());
  const auto recorded = [&batch](const char* key) {
    const auto number = batch.find(key);
    return number == batch.end() ? std::nullopt : std::optional(number->get<int>());
  };
  found.classes = recorded("classes");
  found.height = recorded("height");
  found.width = recorded("width");
  for (const std::string& proxy : proxies().names()) {
    for (const auto& [name, score] : row.evaluation.scores) {
      if (name == proxy && score.value) found.scores.emplace_back(name, *score.value);
    }
  }
  return found;
}

/// A run's config.json has the sizes and the weights of its networks. It must be the configuration
/// of the result, except for the length of the search.
Config read_config_of(const nlohmann::ordered_json& result_settings,
                      const std::filesystem::path& file) {
  if (!file_exists(file)) return {};  // reading it as a source reports the error
  constexpr std::uint64_t longest = 1 << 20;
  Config config;
  nlohmann::ordered_json found;
  try {
    found = parse_json(read_text_file(file, longest));
    found.erase("schema_version");
    config = config_from_json(found, file.string());
    found = result_config(config);
  } catch (const JsonError& error) {
    throw DataError("'" + file.string() + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file.string() + "' is not the configuration of a run");
  }
  const auto damaged = [&](const std::string& difference) {
    return DataError("'" + file.string() +
                     "' does not belong to the run of the result.json next to it: " + difference +
                     "; restore it from a copy, or name a configuration with --config");
  };
  const auto definition_of = [](const nlohmann::ordered_json& sections) {
    return sections.at("space").value("definition", nlohmann::ordered_json());
  };
  if (definition_of(found) != definition_of(result_settings))
    throw damaged("the definition of the space is another one");
  for (const Setting& setting : settings()) {
    if (setting.scope <= Scope::length || !setting.serves(Purpose::search)) continue;
    const auto& section = found.at(setting.section());
    if (setting.is_space_option && !section.contains(setting.recorded_name())) continue;
    const auto& has = section.at(setting.recorded_name());
    const auto made_with =
        result_settings.at(setting.section()).value(setting.recorded_name(), has);
    if (has == made_with) continue;
    throw damaged(setting.key + " is " + has.dump() + ", there " + made_with.dump());
  }
  return config;
}

}  // namespace

std::string tuple_hint(const SearchSpace& space, const std::string& digits) {
  const std::string tuple = "(" + digits + ")";
  try {
    return "; NASLib's tuple " + in_quotes(tuple) + " is " + space.format(space.parse(tuple));
  } catch (const UsageError&) {
    return "";
  }
}

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
    sources.recorded = true;
    ranked->data = read_config_of(ranked->settings, *sources.file).data;
  }
  return ranked;
}

bool uses_images_of(const RankedArchitecture& ranked, const Config& config) {
  return ranked.data.name == config.data.name && ranked.data.root == config.data.root &&
         ranked.data.image_size == config.data.image_size &&
         ranked.data.batch_file == config.data.batch_file;
}

NetworkInput network_input(const Config& config, const std::string& classes,
                           const std::optional<RankedArchitecture>& ranked) {
  const bool knows_images = ranked && uses_images_of(*ranked, config);
  std::optional<int> known;
  if (!classes.empty()) {
    known = static_cast<int>(whole_number("--classes", classes, 1, 1'000'000));
  } else if (knows_images) {
    known = ranked->classes;
  }
  DatasetInfo data = dataset_info(config, known);
  if (knows_images) {
    data.image.height = ranked->height.value_or(data.image.height);
    data.image.width = ranked->width.value_or(data.image.width);
  }
  return {data.image, known.value_or(data.classes)};
}

void set_image_size(FeatureShape& image, const std::string& side) {
  if (side.empty()) return;
  image.height = static_cast<int>(whole_number("--image-size", side, 4, 4096));
  image.width = image.height;
}

Genotype read_architecture(const SearchSpace& space, const std::string& text) {
  if (text.starts_with(official_prefix)) {
    const std::uint64_t number =
        cell_number(space, "official index", text.substr(official_prefix.size()));
    const std::optional<Genotype> published = space.at_official(number);
    return published ? *published : space.at(number);
  }
  if (is_id(text)) {
    try {
      return space.at(cell_number(space, "id", text));
    } catch (const UsageError& error) {
      throw UsageError(error.what() + tuple_hint(space, text));
    }
  }
  if (const auto ranked = find_ranked(text)) return ranked_genotype(space, *ranked);
  try {
    return parse_architecture(space, text);
  } catch (const UsageError& error) {
    throw UsageError(error.what() + folder_hint(text));
  }
}

}  // namespace wrcor::cli
