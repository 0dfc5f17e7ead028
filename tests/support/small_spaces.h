#pragma once

#include <memory>
#include <string>
#include <vector>

#include "minibatch/minibatch.h"
#include "wrcor/space/search_space.h"

namespace wrcor::test {

/// A space whose networks are as small as they can be.
std::unique_ptr<SearchSpace> smallest(const std::string& name);

/// Every registered space, and those of the example files.
std::vector<std::unique_ptr<SearchSpace>> all_spaces();

/// Networks whose scores take a moment.
std::vector<Genotype> small_networks(const SearchSpace& space, int count);

/// Six synthetic images of the size that the networks of the space read.
Minibatch small_minibatch(const SearchSpace& space);

/// Whether that are large images: its networks take longer.
bool reads_large_images(const SearchSpace& space);

}  // namespace wrcor::test
