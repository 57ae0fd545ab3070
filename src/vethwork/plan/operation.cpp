#include <vethwork/plan/operation.hpp>

namespace vethwork::plan {

std::string describe(Operation const& operation) {
    return std::visit([](auto const& one) { return one.describe(); }, operation);
}

std::vector<std::string> words_of(Operation const& operation) {
    return std::visit([](auto const& one) { return one.words(); }, operation);
}

std::optional<Operation> inverse_of(Operation const& operation) {
    return std::visit(
        [](auto const& one) -> std::optional<Operation> {
            if constexpr (requires { one.inverse(); }) return one.inverse();
            return {};
        },
        operation);
}

}  // namespace vethwork::plan
