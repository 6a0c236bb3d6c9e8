from index.recent import Recent


def test_what_was_asked_for_lately_is_not_worked_out_again_and_the_rest_is_forgotten() -> None:
    worked_out, recent = list[int](), Recent[int](2)

    def value(key: int) -> int:
        def work_out() -> int:
            worked_out.append(key)
            return key * 10

        return recent.get(key, work_out)

    assert [value(key) for key in (1, 2, 1, 3, 1, 2)] == [10, 20, 10, 30, 10, 20]
    assert worked_out == [1, 2, 3, 2]
