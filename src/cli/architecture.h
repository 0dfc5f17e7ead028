#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/space/search_space.h"

namespace wrcor::cli {

/// The forms that read_architecture() accepts, for the help of a command.
inline constexpr const char* architecture_forms =
    "architecture string, NASLib's tuple, lexicographic id, index:N for the official index, or the "
    "folder of a finished run: RUN for its best, RUN#K for the one of rank K";

/// The architecture that an argument names.
/// @throws UsageError when it names none; DataError when a run's result cannot be read
Genotype read_architecture(const SearchSpace& space, const std::string& text);

/// The architecture that digits may mean if they are not an id: words to follow a message, or
/// nothing.
std::string tuple_hint(const SearchSpace& space, const std::string& digits);

/// A place in the ranking of a finished run that has a score.
struct RankedArchitecture {
  std::filesystem::path run;  ///< its folder
  std::uint64_t rank = 1;     ///< 1: the best
  std::string architecture;
  /// The defined ones, by the names of proxies.
  std::vector<std::pair<std::string, double>> scores;
  nlohmann::ordered_json settings;  ///< recorded in result.json
  /// Of the images that it was scored on; nothing in results of older versions.
  std::optional<int> classes = {};
  std::optional<int> height = {}, width = {};  ///< of those, likewise; pixels
  Config::Data data = {};  ///< those images, if the run's config.json is the file of the sources
};

/// The architecture that RUN or RUN#K names; nothing for a text that read_architecture() reads
/// differently.
/// @throws UsageError, DataError
std::optional<RankedArchitecture> find_ranked(const std::string& text);

/// The same for a command that uses the run's settings: its config.json becomes the file of the
/// sources, unless they have one. @throws DataError also when that file does not belong to the run
std::optional<RankedArchitecture> find_ranked(const std::string& text, ConfigSources& sources);

/// Whether a command's networks are for the images of the run.
bool uses_images_of(const RankedArchitecture& ranked, const Config& config);

/// The input of a network if nothing is computed on images: those of the run that ranked it need
/// not exist.
/// @param classes  option of the command; empty: those of the data set
NetworkInput network_input(const Config& config, const std::string& classes,
                           const std::optional<RankedArchitecture>& ranked);

/// Makes images square. @param side  of --image-size, in pixels; empty: the images keep their size
/// @throws UsageError
void set_image_size(FeatureShape& image, const std::string& side);

}  // namespace wrcor::cli
