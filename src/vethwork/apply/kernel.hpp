// Where operations go: the real kernel, or a fake that keeps a diary.
#pragma once

#include <span>
#include <vector>

#include <vethwork/base/result.hpp>
#include <vethwork/plan/operation.hpp>

namespace vethwork::apply {

class Kernel {
public:
    virtual ~Kernel() = default;

    /// Carries out one operation.
    [[nodiscard]] virtual Result<> perform(plan::Operation const& operation) = 0;
    /// Carries out many; the outcomes are in their order. A failing one stops none.
    [[nodiscard]] virtual std::vector<Result<>> perform_all(std::span<plan::Operation const> operations) = 0;
};

}  // namespace vethwork::apply
