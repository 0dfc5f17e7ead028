#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"

namespace wrcor {

using namespace setting_makers;

std::vector<Setting> train_settings() {
  constexpr std::uint64_t most_images = 1'000'000'000;
  std::vector<Setting> all = {
      text(MEMBER(train.arch), "--arch", "ARCH", "architecture to train"),
      path(MEMBER(train.weights), "--weights", "FILE",
           "state dict to start from, or checkpoint that has one, written by torch.save, or "
           "safetensors; empty: weights drawn from the seed"),
      integer(MEMBER(train.epochs), "--epochs", 1, 100'000,
              "passes over the images; NAS-Bench-201 has 12 and 200"),
      integer(MEMBER(train.batch_size), "--batch-size", 2, 65536, "images in a step"),
      number_above_0(MEMBER(train.learning_rate), "--lr", 100,
                     "learning rate of the first epoch; falls to 0 along half a cosine"),
      number_from_0(MEMBER(train.momentum), "--momentum", 1, "Nesterov momentum"),
      number_from_0(MEMBER(train.weight_decay), "--weight-decay", 1,
                    "of all parameters: added to their gradients, times the parameters"),
      integer(MEMBER(train.images), "--train-images", 2, most_images,
              "train on this many images, drawn at random; none: all"),
      integer(MEMBER(train.test_images), "--test-images", 1, most_images,
              "evaluate on this many images, drawn at random; none: all"),
      number_above_0(MEMBER(train.holdout), "--holdout", 0.9,
                     "hold out this fraction of the training images, drawn at random, for "
                     "evaluation instead of the test images"),
      path(MEMBER(train.test_root), "--test-root", "DIR",
           "folder of the test images of --data folder, with the same classes"),
      with_scope(Scope::nothing,
                 integer(MEMBER(train.checkpoint_every), "--checkpoint-every", 1, 100'000,
                         "epochs from one checkpoint to the next; an interrupted run writes one, "
                         "too")),
  };
  for (Setting& setting : all) setting.purposes = {Purpose::training};
  return all;
}

}  // namespace wrcor
