#include "support/small_spaces.h"

#include <filesystem>

#include "core/file.h"
#include "data/synthetic.h"
#include "space/definition.h"
#include "support/catch.h"
#include "wrcor/space/builtin.h"

namespace wrcor::test {
namespace {

const NetworkInput small_input{{3, 32, 32}, 10}, large_input{{3, 96, 96}, 10};

}  // namespace

std::unique_ptr<SearchSpace> smallest(const std::string& name) {
  SpaceChoice choice{name, {}};
  for (const SpaceOption& option : spaces().find(name).value.options)
    choice.options[option.name] = option.name.ends_with("channels") ? 4 : option.least;
  return make_space(choice, small_input);
}

std::vector<std::unique_ptr<SearchSpace>> all_spaces() {
  std::vector<std::unique_ptr<SearchSpace>> all;
  for (const auto& entry : spaces().entries()) all.push_back(smallest(entry.name));
  for (const auto& file : std::filesystem::directory_iterator(WRCOR_SOURCE_DIR "/configs/spaces")) {
    std::vector<std::string> problems;
    const auto definition =
        read_space_definition(read_file(file.path()), file.path().filename().string(), problems);
    REQUIRE(problems.empty());
    const bool for_photographs =
        definition.at("name") == "transnas-macro" || definition.at("name") == "efficientnet";
    all.push_back(make_defined_space(definition, for_photographs ? large_input : small_input));
  }
  return all;
}

std::vector<Genotype> small_networks(const SearchSpace& space, int count) {
  if (space.name() == "mbv2")  // for images of 192x192 and more, as drawn
    return {
        space.parse("SuperConvK3BNRELU(3,16,2,1)SuperResIDWE2K3(16,24,2,16,2)"
                    "SuperResIDWE1K3(24,24,1,16,1)SuperConvK1BNRELU(24,64,1,1)@32")};
  Rng rng(2);
  std::vector<Genotype> genotypes;
  if (space.name() == "nb201") genotypes.push_back(space.at(0));  // all none
  for (int i = 0; i < count; ++i) genotypes.push_back(space.sample(rng));
  return genotypes;
}

bool reads_large_images(const SearchSpace& space) {
  return space.input().image == large_input.image;
}

Minibatch small_minibatch(const SearchSpace& space) {
  Minibatch minibatch = draw_minibatch(*make_synthetic(), 6, true, 1);
  if (reads_large_images(space)) {
    const at::Tensor wide = at::repeat_interleave(minibatch.images, 3, 3);
    minibatch.images = at::repeat_interleave(wide, 3, 2);
  }
  return minibatch;
}

}  // namespace wrcor::test
