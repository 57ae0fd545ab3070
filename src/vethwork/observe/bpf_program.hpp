// A small assembler for programs that run inside the kernel (eBPF): instructions as calls, jumps by labels.
// Source: Documentation/bpf/standardization/instruction-set.rst, <linux/bpf.h>.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <vector>

namespace vethwork::observe {

/// r0: results; r1–r5: arguments, lost in a call; r6–r9: kept; r10: the end of the stack of 512 bytes.
enum class BpfRegister : std::uint8_t { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10 };

enum class BpfSize : std::uint8_t { word = 0x00, half = 0x08, byte = 0x10, double_word = 0x18 };

/// Of numbers without a sign, but for signed_less.
enum class BpfCondition : std::uint8_t {
    equal = 0x10,
    not_equal = 0x50,
    greater_or_equal = 0x30,
    less_or_equal = 0xb0,
    signed_less = 0xc0,
};
/// How much of a register is compared.
enum class BpfWidth : std::uint8_t { double_word = 0x05, word = 0x06 };

enum class BpfOperation : std::uint8_t { add = 0x00, subtract = 0x10, bit_and = 0x50 };

class BpfProgram {
public:
    using Register = BpfRegister;
    /// A place in the program; jumps to it may come before it.
    using Label = std::size_t;

    [[nodiscard]] Label label();
    void place(Label label);

    void move(Register to, Register from);
    void move(Register to, std::int32_t number);
    void compute(BpfOperation operation, Register to, std::int32_t number);
    void compute(BpfOperation operation, Register to, Register from);
    void load(BpfSize size, Register to, Register from, std::int16_t offset);
    void store(BpfSize size, Register to, std::int16_t offset, Register from);
    /// *(u64*)(to + offset) += from, at once.
    void add_atomically(Register to, std::int16_t offset, Register from);
    void load_map(Register to, int map_fd);
    void jump(Label to);
    void jump_if(Register left, BpfCondition condition, std::int32_t right, Label to,
                 BpfWidth width = BpfWidth::double_word);
    void call(bpf_func_id helper);
    void exit();

    /// The instructions, jumps filled in. Every label must have its place.
    [[nodiscard]] std::vector<bpf_insn> finish() const;

private:
    struct Jump {
        std::size_t from;
        Label to;
    };
    void emit(unsigned code, Register to, Register from, std::int16_t offset, std::int32_t number);

    std::vector<bpf_insn> instructions_;
    std::vector<Jump> jumps_;
    std::vector<std::size_t> labels_;
};

}  // namespace vethwork::observe
