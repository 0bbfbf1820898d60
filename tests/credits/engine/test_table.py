# ruff: noqa: E501 - a row of the table is one line
"""Hold, expiry, purchase, consume, void, clawback: what happens, and exactly what the books say after it."""

import pytest

from tests.credits.engine.script import left_of, tell

# story (see script.py) | balance/held/debt | what remains of each grant | entries: kind, amount, held, debt, shortfall, instant
TABLE = """
0:A=grant100x10 5:H=hold60x30 15:read | 60/60/0 | A60 | issued+100@0 held,h+60@5 expired-40@10
0:A=grant100x10 5:H=hold60x30 20:H.release | 0/0/0 | A0 | issued+100@0 held,h+60@5 expired-40@10 released,h-60@20 >expired-60@20
0:A=grant100x10 5:H=hold60x30 20:H.capture | 0/0/0 | A0 | issued+100@0 held,h+60@5 expired-40@10 consumed-60,h-60@20
0:A=grant100x10 5:H=hold60x30 20:H.capture40 | 0/0/0 | A0 | issued+100@0 held,h+60@5 expired-40@10 consumed-40,h-60@20 >expired-20@20
0:A=grant100x10 5:H=hold60x30 20:H.capture40+ 25:H.release | 0/0/0 | A0 | issued+100@0 held,h+60@5 expired-40@10 consumed-40,h-40@20 released,h-20@25 >expired-20@25
0:A=grant100x10 5:H=hold60x30 31:read | 0/0/0 | A0 | issued+100@0 held,h+60@5 expired-40@10 hold_expired,h-60@30 expired-60@30
0:A=grant100x10 0:B=grant50 5:H=hold120x30 20:H.capture110 | 40/0/0 | A0 B40 | issued+100@0 issued+50@0 held,h+120@5 consumed-110,h-120@20
0:A=grant100x10 0:B=grant50 5:H=hold120x30 20:H.release 21:use50 | 0/0/0 | A0 B0 | issued+100@0 issued+50@0 held,h+120@5 released,h-120@20 >expired-100@20 consumed-50@21
0:A=grant100x10 0:B=grant50 5:H=hold60x30 12:H.capture80 | 30/0/0 | A0 B30 | issued+100@0 issued+50@0 held,h+60@5 expired-40@10 consumed-80,h-60@12
0:A=grant100x10 5:H=hold60x30 12:H.capture80!402 13:H.capture80~ | 0/0/0 | A0 | issued+100@0 held,h+60@5 expired-40@10 consumed-60,h-60,s20@13
0:A=grant100x10 5:H=hold60x10 10:read | 0/0/0 | A0 | issued+100@0 held,h+60@5 hold_expired,h-60@10 expired-100@10
0:A=grant100x10 5:H=hold60x8 9:use100 | 0/0/0 | A0 | issued+100@0 held,h+60@5 hold_expired,h-60@8 consumed-100@9
0:A=grant100x10 5:H=hold60x20 9:H.extend40 12:H.extendx40 30:H.capture | 0/0/0 | A0 | issued+100@0 held,h+60@5 extended,h+40@9 extended@12 consumed-100,h-100@30
0:A=grant100x10 5:C=use100 9:C.reverse30 20:C.reverse | 0/0/0 | A0 | issued+100@0 consumed-100@5 reversed+30@9 expired-30@10 reversed+70@20 >expired-70@20
0:A=grant100x10 0:B=grant100 5:C=use150 20:C.reverse120 | 100/0/0 | A0 B100 | issued+100@0 issued+100@0 consumed-150@5 reversed+120@20 >expired-70@20
0:A=grant100x10 5:C=use80 20:C.reversex50 30:use60 60:read | 0/0/0 | A0 | issued+100@0 consumed-80@5 expired-20@10 reversed+80@20 consumed-60@30 expired-20@50
0:A=grant100x10 5:C=use80 6:A.void 20:C.reversex50 | 0/0/0 | A0 | issued+100@0 consumed-80@5 voided-20@6 reversed+80@20 >voided-80@20
0:A=grant100x10 5:H=hold60x30 6:A.void!409 7:H.release 8:A.void | 0/0/0 | A0 | issued+100@0 held,h+60@5 released,h-60@7 voided-100@8
0:A=grant100x10 5:H=hold60x30 12:A.void!409 20:C=H.capture60 21:C.reverse60 | 0/0/0 | A0 | issued+100@0 held,h+60@5 expired-40@10 consumed-60,h-60@20 reversed+60@21 >expired-60@21
0:A=grant100x10 5:H=hold60x30 6:reset 20:H.release | 0/0/0 | A0 | issued+100@0 held,h+60@5 reset-40@6 released,h-60@20 >expired-60@20
0:P=buy100x10 5:H=hold60x30 6:reset 7:P.clawback100 20:H.release | 0/0/0 | P0 | issued+100@0 held,h+60@5 reset-40@6 clawed_back@7 >debt_incurred,d+60@7 released,h-60@20 >debt_repaid-60,d-60@20
0:P=buy100 1:P.clawback40 2:P.clawback60 | 0/0/0 | P0 | issued+100@0 clawed_back-40@1 clawed_back-60@2
0:P=buy100 1:P.clawback40 2:P.clawback61!409 | 60/0/0 | P60 | issued+100@0 clawed_back-40@1
0:P=buy100 1:C=use70 2:P.clawback100 3:C.reverse40 | 0/0/30 | P0 | issued+100@0 consumed-70@1 clawed_back-30@2 >debt_incurred,d+70@2 reversed+40@3 >debt_repaid-40,d-40@3
0:P=buy100 1:C=use70 2:P.clawback100 3:Q=buy100 | 30/0/0 | P0 Q30 | issued+100@0 consumed-70@1 clawed_back-30@2 >debt_incurred,d+70@2 issued+100@3 >debt_repaid-70,d-70@3
0:P=buy100 1:C=use70 2:P.clawback100 3:A=grant100 4:use50 | 50/0/70 | P0 A50 | issued+100@0 consumed-70@1 clawed_back-30@2 >debt_incurred,d+70@2 issued+100@3 consumed-50@4
0:P=buy100 0:A=grant50 1:use120 2:P.clawback100 | 0/0/70 | P0 A0 | issued+100@0 issued+50@0 consumed-120@1 clawed_back-30@2 >debt_incurred,d+70@2
0:P=buy100 0:A=grant50 1:H=hold50x9 2:P.clawback100 3:use50!402 10:read | 50/0/0 | P0 A50 | issued+100@0 issued+50@0 held,h+50@1 clawed_back-100@2 hold_expired,h-50@9
0:P=buy100 0:Q=buy50 1:H=hold60x9 2:Q.clawback50 10:read | 100/0/0 | P100 Q0 | issued+100@0 issued+50@0 held,h+60@1 clawed_back-50@2 hold_expired,h-60@9
0:P=buy100x10 5:H=hold80x30 6:P.clawback100 20:H.release | 0/0/0 | P0 | issued+100@0 held,h+80@5 clawed_back-20@6 >debt_incurred,d+80@6 released,h-80@20 >debt_repaid-80,d-80@20
0:P=buy100x10 5:H=hold80x30 6:P.clawback100 20:H.capture | 0/0/80 | P0 | issued+100@0 held,h+80@5 clawed_back-20@6 >debt_incurred,d+80@6 consumed-80,h-80@20
0:P=buy100x10 5:H=hold80x30 6:P.clawback100 20:H.capture50 | 0/0/50 | P0 | issued+100@0 held,h+80@5 clawed_back-20@6 >debt_incurred,d+80@6 consumed-50,h-80@20 >debt_repaid-30,d-30@20
0:P=buy100x10 5:H=hold80x30 12:P.clawback100 31:read | 0/0/0 | P0 | issued+100@0 held,h+80@5 expired-20@10 clawed_back@12 >debt_incurred,d+80@12 hold_expired,h-80@30 debt_repaid-80,d-80@30
0:P=buy100x10 5:H=hold80x30 12:P.clawback20 20:H.release 21:P.clawback80 | 0/0/0 | P0 | issued+100@0 held,h+80@5 expired-20@10 clawed_back@12 released,h-80@20 >expired-80@20 clawed_back@21
0:P=buy100x10 5:C=use100 6:P.clawback100 20:C.reverse | 0/0/0 | P0 | issued+100@0 consumed-100@5 clawed_back@6 >debt_incurred,d+100@6 reversed+100@20 >debt_repaid-100,d-100@20
0:P=buy100x10 5:C=use100 6:P.clawback30 20:C.reverse 21:P.clawback70 | 0/0/0 | P0 | issued+100@0 consumed-100@5 clawed_back@6 >debt_incurred,d+30@6 reversed+100@20 >debt_repaid-30,d-30@20 >expired-70@20 clawed_back@21
0:P=buy100x10 5:use30 12:P.clawback100 | 0/0/30 | P0 | issued+100@0 consumed-30@5 expired-70@10 clawed_back@12 >debt_incurred,d+30@12
0:P=buy100x10 5:P.void 6:P.clawback100 | 0/0/0 | P0 | issued+100@0 voided-100@5 clawed_back@6
0:P=buy100x10 5:C=use60 6:P.void 7:P.clawback100 8:C.reverse | 0/0/0 | P0 | issued+100@0 consumed-60@5 voided-40@6 clawed_back@7 >debt_incurred,d+60@7 reversed+60@8 >debt_repaid-60,d-60@8
0:P=buy100from20 5:P.clawback40 20:use60 | 0/0/0 | P0 | scheduled@0 unscheduled@5 >scheduled@5 activated+60@20 consumed-60@20
0:P=buy100x50from20 5:P.clawback40 30:use60 31:P.clawback60 | 0/0/60 | P0 | scheduled@0 unscheduled@5 >scheduled@5 activated+60@20 consumed-60@30 clawed_back@31 >debt_incurred,d+60@31
0:P=buy100from20 5:P.void 6:P.clawback100 21:read | 0/0/0 | P0 | scheduled@0 voided@5 clawed_back@6
0:P=buy100from20 5:reset 21:P.clawback100 | 0/0/0 | P0 | scheduled@0 reset@5 >unscheduled@5 clawed_back@21
0:P=buy100 1:use100 2:P.clawback100 3:Q=buy60x10 4:R=buy60x20 | 20/0/0 | P0 Q0 R20 | issued+100@0 consumed-100@1 clawed_back@2 >debt_incurred,d+100@2 issued+60@3 >debt_repaid-60,d-60@3 issued+60@4 >debt_repaid-40,d-40@4
0:P=buy100 1:use100 2:P.clawback100 3:Q=buy60from9 10:read | 0/0/40 | P0 Q0 | issued+100@0 consumed-100@1 clawed_back@2 >debt_incurred,d+100@2 scheduled@3 activated+60@9 debt_repaid-60,d-60@9
0:P=buy100 1:use100 2:P.clawback100 3:forgive30 4:forgive80!409 5:forgive | 0/0/0 | P0 | issued+100@0 consumed-100@1 clawed_back@2 >debt_incurred,d+100@2 debt_forgiven,d-30@3 debt_forgiven,d-70@5
0:P=buy100x10 5:H=hold100x20 6:Q=buy50 7:use50 8:Q.clawback50 20:read | 0/0/0 | P0 Q0 | issued+100@0 held,h+100@5 issued+50@6 consumed-50@7 clawed_back@8 >debt_incurred,d+50@8 hold_expired,h-100@20 debt_repaid-50,d-50@20 expired-50@20
0:P=buy50x10 5:H=hold50x20 6:Q=buy50 7:use50 8:Q.clawback50 9:A=grant50 20:read | 50/0/0 | P0 Q0 A50 | issued+50@0 held,h+50@5 issued+50@6 consumed-50@7 clawed_back@8 >debt_incurred,d+50@8 issued+50@9 hold_expired,h-50@20 debt_repaid-50,d-50@20
0:A=grant100 1:H=hold40x20 2:freeze 3:use10!403 4:H.capture50~ 5:unfreeze 6:use60 | 0/0/0 | A0 | issued+100@0 held,h+40@1 frozen@2 consumed-40,h-40,s10@4 unfrozen@5 consumed-60@6
0:A=grant100x10 1:H=hold40x20 2:freeze 3:H.extend10!403 4:H.extendx30 25:H.release | 0/0/0 | A0 | issued+100@0 held,h+40@1 frozen@2 extended@4 expired-60@10 released,h-40@25 >expired-40@25
0:A=grant30 1:use50~ 2:use10~ | 0/0/0 | A0 | issued+30@0 consumed-30,s20@1 shortfall,s10@2
0:A=grant30x10 0:P=buy30x10 5:H=hold40x20 12:H.capture35 | 0/0/0 | A0 P0 | issued+30@0 issued+30@0 held,h+40@5 expired-20@10 consumed-35,h-40@12 >expired-5@12
0:P=buy30 0:A=grant30x10 5:C=use40 12:C.reverse35 13:P.clawback30 | 0/0/0 | P0 A0 | issued+30@0 issued+30@0 consumed-40@5 reversed+35@12 >expired-25@12 clawed_back-30@13
0:A=grant50 1:H=hold20x60 2:C=H.capture20+ 3:D=H.capture30 4:D.reverse 5:C.reverse21!409 | 30/0/0 | A30 | issued+50@0 held,h+20@1 consumed-20,h-20@2 consumed-30@3 reversed+30@4
"""
ROWS = [[cell.strip() for cell in row.split("|")] for row in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("story", "sums", "left", "entries"), ROWS, ids=[row[0] for row in ROWS])
def test_a_story_leaves_these_books(book, story, sums, left, entries):
    names = tell(book, story)
    assert "/".join(str(amount) for amount in book.sums()) == sums
    assert left_of(book, names) == left
    assert book.posted() == entries
