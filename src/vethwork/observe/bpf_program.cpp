#include <vethwork/observe/bpf_program.hpp>

#include <cassert>

namespace vethwork::observe {

namespace {

constexpr auto none = BpfRegister::r0;
constexpr std::size_t nowhere = ~std::size_t{0};

constexpr unsigned code_of(auto part) { return static_cast<unsigned>(part); }

}  // namespace

BpfProgram::Label BpfProgram::label() {
    labels_.push_back(nowhere);
    return labels_.size() - 1;
}

void BpfProgram::place(Label label) { labels_[label] = instructions_.size(); }

void BpfProgram::emit(unsigned code, Register to, Register from, std::int16_t offset, std::int32_t number) {
    bpf_insn instruction{};
    instruction.code = static_cast<std::uint8_t>(code);
    instruction.dst_reg = static_cast<std::uint8_t>(to) & 0xf;
    instruction.src_reg = static_cast<std::uint8_t>(from) & 0xf;
    instruction.off = offset;
    instruction.imm = number;
    instructions_.push_back(instruction);
}

void BpfProgram::move(Register to, Register from) { emit(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0); }
void BpfProgram::move(Register to, std::int32_t number) {
    emit(BPF_ALU64 | BPF_MOV | BPF_K, to, none, 0, number);
}
void BpfProgram::compute(BpfOperation operation, Register to, std::int32_t number) {
    emit(BPF_ALU64 | code_of(operation) | BPF_K, to, none, 0, number);
}
void BpfProgram::compute(BpfOperation operation, Register to, Register from) {
    emit(BPF_ALU64 | code_of(operation) | BPF_X, to, from, 0, 0);
}
void BpfProgram::load(BpfSize size, Register to, Register from, std::int16_t offset) {
    emit(BPF_LDX | BPF_MEM | code_of(size), to, from, offset, 0);
}
void BpfProgram::store(BpfSize size, Register to, std::int16_t offset, Register from) {
    emit(BPF_STX | BPF_MEM | code_of(size), to, from, offset, 0);
}
void BpfProgram::add_atomically(Register to, std::int16_t offset, Register from) {
    emit(BPF_STX | BPF_ATOMIC | BPF_DW, to, from, offset, BPF_ADD);
}

void BpfProgram::load_map(Register to, int map_fd) {
    emit(BPF_LD | BPF_IMM | BPF_DW, to, static_cast<Register>(BPF_PSEUDO_MAP_FD), 0, map_fd);
    emit(0, none, none, 0, 0);
}

void BpfProgram::jump(Label to) {
    jumps_.push_back({instructions_.size(), to});
    emit(BPF_JMP | BPF_JA, none, none, 0, 0);
}

void BpfProgram::jump_if(Register left, BpfCondition condition, std::int32_t right, Label to,
                         BpfWidth width) {
    jumps_.push_back({instructions_.size(), to});
    emit(code_of(width) | code_of(condition) | BPF_K, left, none, 0, right);
}

void BpfProgram::call(bpf_func_id helper) { emit(BPF_JMP | BPF_CALL, none, none, 0, helper); }
void BpfProgram::exit() { emit(BPF_JMP | BPF_EXIT, none, none, 0, 0); }

std::vector<bpf_insn> BpfProgram::finish() const {
    auto finished = instructions_;
    for (auto const& jump : jumps_) {
        assert(labels_[jump.to] != nowhere);
        auto const distance =
            static_cast<std::ptrdiff_t>(labels_[jump.to]) - static_cast<std::ptrdiff_t>(jump.from) - 1;
        finished[jump.from].off = static_cast<std::int16_t>(distance);
    }
    return finished;
}

}  // namespace vethwork::observe
