#include "wrcor/config/chosen_space.h"

#include "wrcor/data/builtin.h"
#include "wrcor/space/builtin.h"

namespace wrcor {

DatasetOptions dataset_options(const Config& config) {
  return {config.data.root, parse_image_size(config.data.image_size)};
}

DatasetInfo dataset_info(const Config& config) {
  return datasets().find(config.data.name).make.info(dataset_options(config));
}

std::unique_ptr<SearchSpace> make_space(const Config& config) {
  const FeatureShape image = dataset_info(config).image;
  return make_space(config, {image.height, image.width});
}

std::unique_ptr<SearchSpace> make_space(const Config& config, const ImageSize& image) {
  return spaces()
      .find(config.space.name)
      .make({config.space.channels, config.space.cells, dataset_info(config).classes, image.height,
             image.width});
}

}  // namespace wrcor
