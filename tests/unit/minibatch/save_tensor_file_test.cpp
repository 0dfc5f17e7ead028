#include "minibatch/tensor_file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using test::TemporaryFolder;
using Tensors = std::map<std::string, at::Tensor>;

Tensors written_and_read(const Tensors& tensors) {
  return parse_tensor_file(format_tensor_file(tensors), "some.pt");
}

void require_same(const Tensors& read, const Tensors& written) {
  REQUIRE(read.size() == written.size());
  for (const auto& [name, tensor] : written) {
    CAPTURE(name);
    const at::Tensor& other = read.at(name);
    CHECK(other.scalar_type() == tensor.scalar_type());
    CHECK(other.sizes() == tensor.sizes());
    CHECK(at::equal(other, tensor.detach()));
  }
}

TEST_CASE("tensors are written with name, shape, type and values",
          "[minibatch][save_tensor_file]") {
  Tensors tensors{{"", at::ones({1})},
                  {"layer.0.weight", at::arange(24, at::kFloat).view({2, 3, 4})},
                  {"empty", at::empty({0, 4})},
                  {"naïve \"name\"", at::scalar_tensor(7, at::kLong)}};
  for (const at::ScalarType type :
       {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kShort,
        at::kChar, at::kByte, at::kBool, at::kComplexFloat}) {
    tensors[at::toString(type)] = at::arange(3, at::kFloat).to(type);
  }
  require_same(written_and_read(tensors), tensors);
}

TEST_CASE("no tensor at all is a dictionary, too", "[minibatch][save_tensor_file]") {
  CHECK(written_and_read({}).empty());
}

TEST_CASE("tensors of other layouts are written without the memory around them",
          "[minibatch][save_tensor_file]") {
  const at::Tensor large = at::arange(100'000, at::kFloat);
  const Tensors views{
      {"transposed", large.slice(0, 0, 6).view({2, 3}).t()},
      {"strided", large.slice(0, 1, 20, 3)},
      {"channels_last",
       large.slice(0, 0, 24).view({1, 2, 3, 4}).contiguous(at::MemoryFormat::ChannelsLast)},
      {"expanded", large.slice(0, 0, 1).expand({5})}};
  require_same(written_and_read(views), views);
  CHECK(format_tensor_file(views).size() < 4'000);
}

TEST_CASE("tensors that share memory are written as copies", "[minibatch][save_tensor_file]") {
  const at::Tensor whole = at::arange(8, at::kFloat);
  const Tensors shared{{"whole", whole}, {"same", whole}, {"part", whole.slice(0, 4)}};
  const Tensors read = written_and_read(shared);
  require_same(read, shared);
  CHECK(read.at("whole").data_ptr() != read.at("same").data_ptr());
}

TEST_CASE("a tensor that requires gradients is written as a plain one",
          "[minibatch][save_tensor_file]") {
  const Tensors tensors{{"leaf", at::ones({2}).requires_grad_()}};
  const Tensors read = written_and_read(tensors);
  require_same(read, tensors);
  CHECK_FALSE(read.at("leaf").requires_grad());
}

TEST_CASE("what is written depends on the tensors alone", "[minibatch][save_tensor_file]") {
  const auto content = [] {
    return format_tensor_file({{"b", at::arange(5, at::kFloat)}, {"a", at::zeros({2, 2})}});
  };
  CHECK(content() == content());
  // What torch.load(weights_only=True) does not allow.
  CHECK(content().find("restore_type_tag") == std::string::npos);
}

TEST_CASE("a tensor file takes the place of an old one, or leaves it",
          "[minibatch][save_tensor_file]") {
  const TemporaryFolder folder;
  const auto file = folder.write("some.pt", "old");
  const Tensors tensors{{"a", at::ones({3})}};
  save_tensor_file(file, tensors);
  require_same(load_tensor_file(file), tensors);
  const auto nowhere = folder.path() / "absent" / "some.pt";
  CHECK_THAT(test::message_of<RunError>([&] { save_tensor_file(nowhere, tensors); }),
             ContainsSubstring("cannot write '" + nowhere.string() + "'"));
}

}  // namespace
}  // namespace wrcor
