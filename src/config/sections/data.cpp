#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"
#include "wrcor/core/registry.h"
#include "wrcor/data/builtin.h"
#include "wrcor/data/image_file.h"

namespace wrcor {

using namespace setting_makers;

std::vector<Setting> data_settings() {
  Setting batch_size = integer(MEMBER(data.batch_size), "--batch-size", 2, 65536,
                               "images in the minibatch; none: 64, or the size of the batch file");
  batch_size.optional = true;
  batch_size.get = [](const Config& config) {
    return config.data.batch_file.empty() ? json(config.data.batch_size) : json(nullptr);
  };
  batch_size.set = [](Config& config, const json& value) {
    config.data.batch_size = value.is_null() ? Config().data.batch_size : value.get<int>();
  };
  Setting mirror = text(MEMBER(data.mirror), "--mirror", "URL",
                        "folder to download from; empty: the site of the data set's authors");
  mirror.scope = Scope::nothing;
  mirror.pattern_words = "a URL that starts with http://, https:// or file://";
  mirror.check = [words = mirror.pattern_words](const std::string& given) -> std::string {
    for (const char* scheme : {"http://", "https://", "file://"}) {
      if (given.empty() || given.starts_with(scheme)) return {};
    }
    return "expected " + words + ", got " + in_quotes(given);
  };
  Setting image_size = text(MEMBER(data.image_size), "--image-size", "N|HxW",
                            "pixels that the images of a folder are resized to; none: 32");
  // 4 to 1024, as a regular expression: JSON Schema cannot express it otherwise.
  const std::string side = "[4-9]|[1-9][0-9]|[1-9][0-9]{2}|10[01][0-9]|102[0-4]";
  image_size.pattern = "^(" + side + ")(x(" + side + "))?$";
  image_size.pattern_words = "N or HxW, 4 to 1024 each";
  image_size.also_integer = true;
  image_size.minimum = smallest_image_side;
  image_size.maximum = largest_image_side;
  image_size.optional = true;
  image_size.get = [](const Config& config) {
    return config.data.image_size.empty() ? json(nullptr) : json(config.data.image_size);
  };
  image_size.set = [](Config& config, const json& value) {
    config.data.image_size = value.is_null() ? "" : value.get<std::string>();
  };
  return {
      // Its number of classes affects the networks, whatever the minibatch.
      with_scope(Scope::search, name(MEMBER(data.name), "--data",
                                     {"data set", "data sets", [] { return datasets().names(); }},
                                     "data set that the images are drawn from")),
      path(MEMBER(data.root), "--data-root", "DIR",
           "folder of the data set; empty: the cache folder"),
      image_size,
      path(MEMBER(data.batch_file), "--batch", "FILE",
           "file of torch.save or of safetensors with the tensors images and labels, used instead "
           "of drawing a minibatch"),
      batch_size,
      boolean(MEMBER(data.augment), "--augment", "--no-augment",
              "crop and flip the images at random, as in training"),
      with_scope(Scope::nothing, boolean(MEMBER(data.download), "--download", "--no-download",
                                         "download a data set that the cache folder lacks")),
      mirror,
  };
}

}  // namespace wrcor
