// What a batch knows because it did it itself: so deletions and changes that alone have no inverse get an
// exact one.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <vethwork/plan/operation.hpp>

namespace vethwork::app {

class BatchMemory {
public:
    enum class Sort { making, taking, only_mtu, other };
    struct Answer {
        Sort sort = Sort::other;
        std::optional<plan::Operation> inverse;  ///< exact; nothing where it is not known
    };
    /// About an operation that would be sent behind those that wait.
    [[nodiscard]] Answer ask(plan::Operation const& operation) const;
    /// The operation now waits; `answer` as ask() said.
    void expect(plan::Operation const& operation, Answer const& answer);
    /// Everything that waited has succeeded; of what was made, the last is remembered.
    void settle(std::vector<plan::Operation>& operations);

private:
    static Sort sort_of(plan::Operation const& operation);
    [[nodiscard]] std::optional<plan::Operation> inverse(plan::Operation const& operation, Sort sort) const;
    void learn(plan::Operation& operation, Sort sort);

    std::vector<plan::Operation> standing_;  ///< addresses and routes made, in their order, which still stand
    std::unordered_map<std::string, std::uint32_t> mtus_;
    std::size_t takings_ = 0;  ///< how many of `standing_` wait to be taken away
    bool makings_wait_ = false;
    std::vector<Sort> waiting_;  ///< what the operations that wait are
};

}  // namespace vethwork::app
